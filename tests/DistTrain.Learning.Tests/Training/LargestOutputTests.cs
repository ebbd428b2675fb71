namespace DistTrain.Learning.Tests;

public class LargestOutputTests
{
    private static readonly float[] Numbers =
    [
        0f, -0f, 1f, -1f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, -float.NaN, 0.5f,
    ];

    [Fact]
    public void It_is_the_first_that_no_other_is_larger_than()
    {
        foreach (float a in Numbers)
        {
            foreach (float b in Numbers)
            {
                foreach (float c in Numbers)
                {
                    float[] outputs = [a, b, c];
                    LargestOutput.IndexIn(outputs).ShouldBe(ByJumps(outputs), $"{a}, {b}, {c}");
                }
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(1000)]
    public void Of_any_number_of_classes(int classes)
    {
        var random = new Random(classes);
        float[] outputs = new float[classes];
        for (int trial = 0; trial < 1000; trial++)
        {
            for (int j = 0; j < classes; j++)
            {
                outputs[j] = (random.Next(2 * classes) - classes) / 8f;
            }

            LargestOutput.IndexIn(outputs).ShouldBe(ByJumps(outputs));
        }
    }

    private static int ByJumps(float[] outputs)
    {
        int best = 0;
        for (int j = 1; j < outputs.Length; j++)
        {
            if (outputs[best] < outputs[j])
            {
                best = j;
            }
        }

        return best;
    }
}
