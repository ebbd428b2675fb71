namespace DistTrain.Repo.Tests;

public sealed class BannedArithmeticTests
{
    [Theory]
    [InlineData("src/DistTrain.Numerics")]
    [InlineData("src/DistTrain.Learning")]
    public void No_operation_whose_bits_follow_the_machine_is_used(string folder)
    {
        SourceFile[] files = [.. Repository.CSharp.Where(file => file.IsIn(folder))];
        files.ShouldNotBeEmpty();
        files.SelectMany(BannedArithmetic.Of).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("y = Math.Pow(x, 2);")]
    [InlineData("y = MathF.Exp(x);")]
    [InlineData("y = System.MathF.Log(x);")]
    [InlineData("y = global::System.Math.Log10(x);")]
    [InlineData("y = Math . Log2 (x);")]
    [InlineData("y = Math\n    .Tanh(x);")]
    [InlineData("(s, c) = Math.SinCos(x);")]
    [InlineData("y = Math.Atan2(a, b) + 1;")]
    [InlineData("y = MathF.Acosh(x);")]
    [InlineData("y = Math.Cbrt(x);")]
    [InlineData("Func<double, double> f = Math.Sin;")]
    [InlineData("y = float.Exp(x);")]
    [InlineData("y = double.CosPi(x);")]
    [InlineData("y = double.ExpM1(x);")]
    [InlineData("y = float.Hypot(a, b);")]
    [InlineData("s = $\"{Math.Exp(x)}\";")]
    [InlineData("y = MathF.FusedMultiplyAdd(a, b, c);")]
    [InlineData("y = Math.FusedMultiplyAdd(a, b, c);")]
    [InlineData("y = double.FusedMultiplyAdd(a, b, c);")]
    [InlineData("y = MathF.ReciprocalEstimate(x);")]
    [InlineData("y = Vector256.MultiplyAddEstimate(a, b, c);")]
    [InlineData("y = Vector128.ConvertToInt32Native(x);")]
    [InlineData("y = Vector512.Sum(x);")]
    [InlineData("y = Vector128.Dot(a, b);")]
    [InlineData("y = Vector4.Dot(a, b);")]
    [InlineData("y = Vector256.Exp(x);")]
    [InlineData("y = Vector512.Log2(x);")]
    [InlineData("y = Vector256.Min(a, b);")]
    [InlineData("y = Vector512.MaxNumber(a, b);")]
    [InlineData("y = Vector512.Max(a, Vector512.Create(b.AsInt32()).AsSingle());")]
    [InlineData("y = Vector128.Clamp(x, a, b);")]
    [InlineData("y = Avx.Max(a, b);")]
    [InlineData("y = Avx512F.Reciprocal14(a);")]
    [InlineData("y = Sse3.HorizontalAdd(a, b);")]
    [InlineData("Vector<float> v = default;")]
    [InlineData("n = Vector.IsHardwareAccelerated;")]
    [InlineData("n = System.Numerics.Vector.Create(1);")]
    [InlineData("TensorPrimitives.Exp(x, y);")]
    [InlineData("var r = new Random(1);")]
    [InlineData("var r = new System.Random();")]
    [InlineData("n = Random.Shared.Next();")]
    [InlineData("Random r = new(1);")]
    [InlineData("void F(Random r) { }")]
    [InlineData("RandomNumberGenerator.Fill(bytes);")]
    [InlineData("using static System.Math;")]
    [InlineData("using M = System.MathF;")]
    [InlineData("T F<T>(T x) where T : IExponentialFunctions<T> => T.Exp(x);")]
    public void A_banned_use_is_found(string code) =>
        BannedArithmetic.Of(File("Some.cs", code)).ShouldNotBeEmpty();

    [Theory]
    [InlineData("y = Exponential.Exp(x);")]
    [InlineData("y = Exp(x);")]
    [InlineData("y = ScalarMath.Log(x) + ScalarMath.CosPi(x);")]
    [InlineData("y = our.Math.Exp(x);")]
    [InlineData("y = Math.Sqrt(x) + Math.Min(a, b) + MathF.Abs(c);")]
    [InlineData("y = Math.Log2Ceiling(x);")]
    [InlineData("// Math.Pow(x, 2)")]
    [InlineData("/* MathF.Exp */ y = 1;")]
    [InlineData("throw new ArgumentException(\"Math.Pow(x, y)\");")]
    [InlineData("y = BitOperations.Log2(n);")]
    [InlineData("y = Vector256.FusedMultiplyAdd(a, b, c);")]
    [InlineData("y = Vector256.Max(a._value.AsInt32(), b.AsInt32()).AsSingle();")]
    [InlineData("y = Vector512.ConditionalSelect(m, a, b) + Vector512.Sqrt(x);")]
    [InlineData("y = Avx512F.FusedMultiplyAdd(a, b, c);")]
    [InlineData("readonly Vector256<float> _value;")]
    [InlineData("RandomStream stream = new(seed, RandomPurpose.Shuffle);")]
    [InlineData("enum Order { Random, Sorted }")]
    [InlineData("using System.Numerics;")]
    [InlineData("using System;")]
    public void What_the_contract_allows_is_not_found(string code) =>
        BannedArithmetic.Of(File("Some.cs", code)).ShouldBeEmpty();

    [Fact]
    public void Scalar_fma_is_allowed_in_its_own_file_only()
    {
        const string Code = "y = MathF.FusedMultiplyAdd(a, b, c);";
        BannedArithmetic.Of(File("SoftwareFma.cs", Code)).ShouldBeEmpty();
        BannedArithmetic.Of(File("OtherFma.cs", Code)).ShouldNotBeEmpty();
    }

    [Fact]
    public void The_line_of_a_finding_is_told() =>
        BannedArithmetic.Of(File("Some.cs", "/* 1\n2 */\n\nMath.Exp(x);"))
            .ShouldHaveSingleItem().ToString()
            .ShouldStartWith("src/DistTrain.Numerics/Some.cs:4: Math.Exp");

    private static SourceFile File(string name, string code) =>
        new($"src/DistTrain.Numerics/{name}", code);
}
