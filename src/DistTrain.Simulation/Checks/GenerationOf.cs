using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Reflection;
using DistTrain.Protocol;

namespace DistTrain.Simulation;

/// <summary>Reads the generation of any message or effect that has one, whatever its type.
/// </summary>
internal static class GenerationOf
{
    private static readonly ConcurrentDictionary<Type, Func<object, Generation?>> Readers = new();

    public static Generation? Of(object message) =>
        Readers.GetOrAdd(message.GetType(), ReaderOf)(message);

    private static Func<object, Generation?> ReaderOf(Type type)
    {
        PropertyInfo? property = type.GetProperty("Generation", typeof(Generation));
        if (property is null)
        {
            return _ => null;
        }

        ParameterExpression message = Expression.Parameter(typeof(object));
        return Expression.Lambda<Func<object, Generation?>>(
            Expression.Convert(
                Expression.Property(Expression.Convert(message, type), property),
                typeof(Generation?)),
            message).Compile();
    }
}
