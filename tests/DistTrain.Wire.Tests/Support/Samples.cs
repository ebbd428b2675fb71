using System.Collections;
using System.Collections.Immutable;
using System.Reflection;
using DistTrain.Protocol;

namespace DistTrain.Wire.Tests;

/// <summary>
/// Messages made from a seed, whatever their fields: a new record is tested as soon as it exists.
/// And what a message says, as text, so that arrays are compared by content.
/// </summary>
internal static class Samples
{
    private static readonly long[] Edges =
    [
        0, 1, 127, 128, 255, 256, 65_535, 65_536, int.MaxValue, 1L + int.MaxValue,
        uint.MaxValue, 1L + uint.MaxValue, long.MaxValue,
    ];

    public static ImmutableArray<Type> AllMessages { get; } =
    [
        .. typeof(CoordinatorMessage).Assembly.GetTypes()
            .Concat(typeof(NodeMessage).Assembly.GetTypes())
            .Where(IsMessage).OrderBy(t => t.Name),
    ];

    public static ImmutableArray<Type> Travelling { get; } =
        [.. MessageCodec.Formats.Select(format => format.Type)];

    public static object Message(Type type, Random random) => Record(type, random);

    /// <summary>The name of the type and its fields, handles left out: they mean nothing elsewhere.
    /// </summary>
    public static string Text(object? value) => value switch
    {
        null => "nil",
        TensorHandle => "tensor",
        string text => $"\"{text}\"",
        IEnumerable values => $"[{string.Join(", ", values.Cast<object>().Select(Text))}]",
        _ when value.GetType().IsPrimitive || value is Guid or Enum => $"{value}",
        _ => $"{value.GetType().Name}({string.Join(", ", Fields(value))})",
    };

    private static bool IsMessage(Type type) =>
        type is { IsAbstract: false, IsPublic: true }
        && (type.IsSubclassOf(typeof(CoordinatorMessage))
            || type.IsSubclassOf(typeof(ParameterServerMessage))
            || type.IsSubclassOf(typeof(WorkerMessage))
            || type.IsSubclassOf(typeof(NodeMessage)));

    private static IEnumerable<string> Fields(object value) =>
        from parameter in Constructor(value.GetType()).GetParameters()
        select Text(value.GetType().GetProperty(parameter.Name!)!.GetValue(value));

    private static object Record(Type type, Random random) => Constructor(type).Invoke(
        [.. Constructor(type).GetParameters().Select(p => Value(p, random))]);

    private static ConstructorInfo Constructor(Type type) =>
        type.GetConstructors().MaxBy(constructor => constructor.GetParameters().Length)!;

    private static object? Value(ParameterInfo parameter, Random random)
    {
        Type type = parameter.ParameterType;
        if (parameter.Name == nameof(DataPart.Sha256))
        {
            byte[] hash = new byte[32];
            random.NextBytes(hash);
            return Convert.ToHexStringLower(hash);
        }

        bool mayBeNull = Nullable.GetUnderlyingType(type) is not null
            || new NullabilityInfoContext().Create(parameter).ReadState
                == NullabilityState.Nullable;
        return mayBeNull && random.Next(2) == 0
            ? null
            : Value(Nullable.GetUnderlyingType(type) ?? type, random);
    }

    private static object Value(Type type, Random random)
    {
        if (type.IsEnum)
        {
            Array values = Enum.GetValues(type);
            return values.GetValue(random.Next(values.Length))!;
        }

        return type switch
        {
            _ when type == typeof(bool) => random.Next(2) == 0,
            _ when type == typeof(int) => (int)Math.Min(Number(random), int.MaxValue),
            _ when type == typeof(long) => Number(random),
            _ when type == typeof(string) => Text(random),
            _ when type == typeof(Guid) => Id(random),
            _ when type == typeof(TreeNode) => Node(random),
            _ when type == typeof(ImmutableArray<TreeNode>) => Many(random, Node),
            _ when type == typeof(ImmutableArray<string>) => Many(random, Text),
            _ when type == typeof(ImmutableArray<WorkerId>) =>
                Many(random, r => new WorkerId((int)Math.Min(Number(r), int.MaxValue))),
            _ => Record(type, random),
        };
    }

    private static long Number(Random random) =>
        random.Next(2) == 0 ? Edges[random.Next(Edges.Length)] : random.NextInt64();

    private static string Text(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(80)).Select(_ => "aß水😀\n\0"[random.Next(3)]));

    private static Guid Id(Random random)
    {
        byte[] bytes = new byte[16];
        random.NextBytes(bytes);
        return new Guid(bytes);
    }

    private static TreeNode Node(Random random)
    {
        int start = random.Next(int.MaxValue);
        return new TreeNode(start, start + 1 + random.Next(int.MaxValue - start));
    }

    private static ImmutableArray<T> Many<T>(Random random, Func<Random, T> make) =>
        [.. Enumerable.Range(0, random.Next(40)).Select(_ => make(random))];
}
