using FsCheck;
using FsCheck.Fluent;

namespace DistTrain.Numerics.Tests;

public sealed class NormalDistributionTests
{
    /// <summary>Roots of Φ(x) = u for the binary64 u, found in 50 digits with mpmath 1.3.</summary>
    [Theory]
    [InlineData(1e-300, -37.0470962993611992)]
    [InlineData(1e-100, -21.2734535609653243)]
    [InlineData(1e-20, -9.26234008979840758)]
    [InlineData(1e-10, -6.3613409024040562)]
    [InlineData(2.9802322387695312e-08, -5.41998317491686799)]
    [InlineData(1e-05, -4.26489079392282461)]
    [InlineData(0.001, -3.09023230616781354)]
    [InlineData(0.0749, -1.44023826752796366)]
    [InlineData(0.075, -1.43953147093845593)]
    [InlineData(0.0751, -1.43882539275253998)]
    [InlineData(0.25, -0.674489750196081743)]
    [InlineData(0.4999999, -2.50662827470310651e-7)]
    [InlineData(0.9, 1.28155156554460059)]
    [InlineData(0.975, 1.95996398454005386)]
    [InlineData(0.9999999701976776, 5.41998317491686799)]
    public void Percentage_points_are_right_to_1e_15(double u, double expected) =>
        NormalDistribution.Inverse(u).ShouldBe(expected, Math.Abs(expected) * 1e-15);

    [Fact]
    public void The_distribution_function_brings_every_drawable_number_back()
    {
        for (uint i = 0; i < 1 << 24; i += 4093)
        {
            double u = UniformDistribution.OpenFromWord(i << 8);
            double back = Reference64.NormalCdf(NormalDistribution.Inverse(u));

            // A relative error ε of x changes Φ by εxφ(x), at the most 33 ε Φ for these u; the
            // reference itself is 1 − erf in the middle, which loses up to 10⁻¹⁵.
            back.ShouldBe(u, (u * 33e-15) + (u < 0.002 ? 0 : 1e-15));
        }
    }

    [Fact]
    public void The_inverse_is_odd_about_one_half_and_rises() =>
        Prop.ForAll((uint a, uint b) =>
        {
            double u = UniformDistribution.OpenFromWord(a), v = UniformDistribution.OpenFromWord(b);
            double x = NormalDistribution.Inverse(u), y = NormalDistribution.Inverse(v);
            return NormalDistribution.Inverse(1 - u) == -x && x.CompareTo(y) == u.CompareTo(v);
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(0, double.NegativeInfinity)]
    [InlineData(0.5, 0)]
    [InlineData(1, double.PositiveInfinity)]
    [InlineData(-0.1, double.NaN)]
    [InlineData(1.1, double.NaN)]
    [InlineData(double.NaN, double.NaN)]
    public void The_middle_the_ends_and_what_lies_outside(double u, double expected) =>
        NormalDistribution.Inverse(u).ShouldBe(expected);
}
