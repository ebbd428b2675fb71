using System.Runtime.CompilerServices;

namespace DistTrain.Numerics;

/// <summary>The checks at the entry of every kernel.</summary>
internal static class Shapes
{
    public static void Require(bool condition, string rule)
    {
        if (!condition)
        {
            throw Misfit(rule);
        }
    }

    /// <summary>The same for a rule with numbers in it, which is only put in words if it is
    /// broken: kernels check at every call.</summary>
    public static void Require(
        bool condition,
        [InterpolatedStringHandlerArgument(nameof(condition))] ref BrokenRule rule)
    {
        if (!condition)
        {
            throw Misfit(rule.ToString());
        }
    }

    private static ArgumentException Misfit(string rule) => new($"Shapes do not fit: {rule}.");

    /// <summary>(m, k) · (k, n) gives (m, n).</summary>
    public static void RequireProduct(
        int leftRows, int leftColumns, int rightRows, int rightColumns, int rows, int columns) =>
        Require(
            leftColumns == rightRows && leftRows == rows && rightColumns == columns,
            $"({leftRows}, {leftColumns}) by ({rightRows}, {rightColumns}) does not give " +
            $"({rows}, {columns})");

    public static void RequireSame(ReadOnlyMatrix left, ReadOnlyMatrix right) => Require(
        left.Rows == right.Rows && left.Columns == right.Columns,
        $"({left.Rows}, {left.Columns}) is not ({right.Rows}, {right.Columns})");

    public static void RequireOutput(in LayerOutput output)
    {
        RequireSame(output.Logits, output.Activated);
        if (output.HasDropout)
        {
            RequireSame(output.Logits, output.Factors);
            RequireSame(output.Logits, output.Dropped);
        }
    }

    public static void RequireLoss(
        ReadOnlyMatrix outputs, ReadOnlySpan<int> labels, ReadOnlySpan<float> weights,
        ReadOnlySpan<float> losses, ReadOnlyMatrix gradient)
    {
        RequireSame(outputs, gradient);
        Require(labels.Length == outputs.Rows, "one label a sample");
        Require(losses.Length == outputs.Rows, "one loss a sample");
        Require(weights.IsEmpty || weights.Length == outputs.Rows, "one weight a sample or none");
        foreach (int label in labels)
        {
            Require((uint)label < (uint)outputs.Columns, $"label {label} has no output");
        }
    }

    public static void RequireUpdate(
        int root, int before, int after, OptimizerMoments state, UpdateRule rule)
    {
        Require(before == root && after == root, "gradient and parameters are as long");
        int first = rule == UpdateRule.Sgd ? 0 : root;
        int second = rule == UpdateRule.Adam ? root : 0;
        Require(
            state.First.Length == first && state.Second.Length == second,
            $"{rule} keeps {first} and {second} moments for {root} parameters");
    }
}

/// <summary>The words of a rule, made only where it is broken.</summary>
[InterpolatedStringHandler]
internal ref struct BrokenRule
{
    private DefaultInterpolatedStringHandler _words;

    public BrokenRule(int literalLength, int formattedCount, bool condition, out bool isBroken)
    {
        isBroken = !condition;
        _words = isBroken ? new(literalLength, formattedCount) : default;
    }

    public void AppendLiteral(string words) => _words.AppendLiteral(words);

    public void AppendFormatted<T>(T value) => _words.AppendFormatted(value);

    public override string ToString() => _words.ToStringAndClear();
}
