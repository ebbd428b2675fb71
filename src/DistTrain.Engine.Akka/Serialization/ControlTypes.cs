using System.Collections.Frozen;
using System.Reflection;
using Hyperion;

namespace DistTrain.Engine.Akka;

/// <summary>The types that <see cref="ControlSerializer"/> lets through: the control messages of
/// this assembly and what they are made of.</summary>
internal static class ControlTypes
{
    private static readonly FrozenSet<Type> Messages = typeof(ControlMessage).Assembly.GetTypes()
        .Where(type => type.IsSubclassOf(typeof(ControlMessage)) && !type.IsAbstract)
        .ToFrozenSet();

    public static ITypeFilter Filter { get; } = new NameFilter(Messages.SelectMany(WithParts));

    public static bool IsMessage(Type type) => Messages.Contains(type);

    private static HashSet<Type> WithParts(Type message)
    {
        var found = new HashSet<Type>();
        var open = new Stack<Type>([message]);
        while (open.TryPop(out Type? type))
        {
            if (!IsPlain(type) && found.Add(type))
            {
                Check(type, message);
                Parts(type).ForEach(open.Push);
            }
        }

        return found;
    }

    private static List<Type> Parts(Type type) => type switch
    {
        { IsEnum: true } => [],
        { IsArray: true } => [type.GetElementType()!],
        _ =>
        [
            .. type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Select(field => Nullable.GetUnderlyingType(field.FieldType) ?? field.FieldType),
        ],
    };

    /// <summary>Hyperion has a number for it: its name is never on the wire.</summary>
    private static bool IsPlain(Type type) =>
        type.IsPrimitive || type == typeof(string) || type == typeof(Guid)
        || (type.IsArray && IsPlain(type.GetElementType()!) && !type.GetElementType()!.IsArray);

    /// <summary>A type that others can derive from, or that is not ours, would let through more
    /// than is looked at here.</summary>
    private static void Check(Type type, Type message)
    {
        Type element = type.IsArray ? type.GetElementType()! : type;
        bool isOurs = element.Assembly.GetName().Name!.StartsWith(
            nameof(DistTrain), StringComparison.Ordinal);
        if (!element.IsSealed || !isOurs || element.IsGenericType || element.IsArray)
        {
            throw new InvalidOperationException(
                $"{message.Name} is made of {type}: a control message has primitives, texts, "
                + "Guids, enums and sealed records of DistTrain, or arrays of them");
        }
    }

    /// <summary>Hyperion asks with the full name of the assembly where it writes, and with its
    /// short one where it reads.</summary>
    private sealed class NameFilter(IEnumerable<Type> types) : ITypeFilter
    {
        private readonly FrozenSet<string> _names = types
            .SelectMany(type => new[]
            {
                type.AssemblyQualifiedName!,
                $"{type.FullName}, {type.Assembly.GetName().Name}",
            })
            .ToFrozenSet(StringComparer.Ordinal);

        public bool IsAllowed(string typeName) => _names.Contains(typeName);
    }
}
