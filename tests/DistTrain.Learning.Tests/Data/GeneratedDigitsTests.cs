using System.Security.Cryptography;

namespace DistTrain.Learning.Tests;

public class GeneratedDigitsTests
{
    // The bytes and labels of the first 100 images; also so with every vector instruction of the
    // runtime switched off (DOTNET_EnableHWIntrinsic=0).
    [Theory]
    [InlineData(false, "8730a8555887ac80c7e38e320a07dea2d630208ec7905a76ff12906842cd01cb")]
    [InlineData(true, "388eff4c2d1c1fbfdd4e43799243e13edda3854dff5dd353e2faa390a9ffdc9a")]
    public void The_first_images_are_the_golden_ones(bool test, string golden)
    {
        var set = new GeneratedDigits(test);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (int i = 0; i < 100; i++)
        {
            hash.AppendData(set.ReadBytes(i));
            hash.AppendData([(byte)set.Label(i)]);
        }

        Convert.ToHexStringLower(hash.GetHashAndReset()).ShouldBe(golden);
    }

    [Fact]
    public void An_image_does_not_depend_on_which_were_read_before()
    {
        var forwards = new GeneratedDigits(seed: 5);
        var backwards = new GeneratedDigits(seed: 5);
        int[] indices = [59_999, 12_345, 256, 255, 0];
        List<byte[]> first = [.. indices.Select(i => backwards.ReadBytes(i).ToArray())];
        forwards.Prepare(600);
        foreach ((int index, byte[] image) in indices.Zip(first).Reverse())
        {
            forwards.ReadBytes(index).SequenceEqual(image).ShouldBeTrue($"image {index}");
        }
    }

    [Fact]
    public void Threads_that_read_at_once_see_the_same_images()
    {
        var alone = new GeneratedDigits(test: true);
        var together = new GeneratedDigits(test: true);
        byte[][] seen = new byte[2_000][];
        Parallel.For(0, seen.Length, i => seen[i] = together.ReadBytes(i).ToArray());
        for (int i = 0; i < seen.Length; i++)
        {
            alone.ReadBytes(i).SequenceEqual(seen[i]).ShouldBeTrue($"image {i}");
        }
    }

    [Fact]
    public void Another_seed_and_the_test_set_are_other_images()
    {
        byte[] image = new GeneratedDigits().ReadBytes(0).ToArray();
        new GeneratedDigits(seed: 2).ReadBytes(0).SequenceEqual(image).ShouldBeFalse();
        new GeneratedDigits(test: true).ReadBytes(0).SequenceEqual(image).ShouldBeFalse();
    }

    [Fact]
    public void Every_class_has_about_a_tenth_of_the_samples()
    {
        var set = new GeneratedDigits();
        int[] counts = new int[set.Classes];
        for (int i = 0; i < set.Count; i++)
        {
            counts[set.Label(i)]++;
        }

        // Three standard deviations of a binomial of 60,000 and 1/10 are 220.
        counts.ShouldAllBe(count => Math.Abs(count - 6_000) < 300);
        (set.Count, set.Features, set.ImageShape).ShouldBe((60_000, 784, (28, 28)));
    }

    [Fact]
    public void Images_have_paper_at_the_rim_and_ink_inside()
    {
        var set = new GeneratedDigits();
        long rim = 0;
        long all = 0;
        for (int i = 0; i < 1_000; i++)
        {
            ReadOnlySpan<byte> image = set.ReadBytes(i);
            int ink = Sum(image);
            ink.ShouldBeGreaterThan(2_000, $"image {i}");
            all += ink;
            rim += Sum(image[..28]) + Sum(image[^28..]);
        }

        (all / (1_000.0 * 784)).ShouldBeInRange(20, 45);
        (rim / (1_000.0 * 56)).ShouldBeLessThan(1);
    }

    [Fact]
    public void The_nearest_class_mean_recognises_most_but_far_from_all()
    {
        // A check that shapes belong to labels: guessing gives 0.1, a trained linear model 0.88.
        var training = new GeneratedDigits();
        var test = new GeneratedDigits(test: true);
        double[][] means = ClassMeans(training, 3_000);
        int correct = 0;
        for (int i = 0; i < 1_000; i++)
        {
            byte[] image = test.ReadBytes(i).ToArray();
            int nearest = Enumerable.Range(0, 10).MinBy(digit => Distance(image, means[digit]));
            correct += nearest == test.Label(i) ? 1 : 0;
        }

        correct.ShouldBeInRange(600, 850);
    }

    private static double[][] ClassMeans(GeneratedDigits set, int samples)
    {
        double[][] means = [.. Enumerable.Range(0, 10).Select(_ => new double[784])];
        int[] counts = new int[10];
        for (int i = 0; i < samples; i++)
        {
            double[] mean = means[set.Label(i)];
            counts[set.Label(i)]++;
            ReadOnlySpan<byte> image = set.ReadBytes(i);
            for (int pixel = 0; pixel < image.Length; pixel++)
            {
                mean[pixel] += image[pixel];
            }
        }

        return [.. means.Select((sum, digit) => Array.ConvertAll(sum, x => x / counts[digit]))];
    }

    private static double Distance(byte[] image, double[] mean)
    {
        double sum = 0;
        for (int pixel = 0; pixel < image.Length; pixel++)
        {
            sum += (image[pixel] - mean[pixel]) * (image[pixel] - mean[pixel]);
        }

        return sum;
    }

    private static int Sum(ReadOnlySpan<byte> pixels)
    {
        int sum = 0;
        foreach (byte pixel in pixels)
        {
            sum += pixel;
        }

        return sum;
    }
}
