using System.Diagnostics.CodeAnalysis;

namespace DistTrain.Protocol;

/// <summary>
/// What the protocol takes for granted, checked in release too: a node that finds it broken
/// crashes rather than train on.
/// </summary>
internal static class Invariant
{
    public static void Holds([DoesNotReturnIf(false)] bool condition, string name)
    {
        if (!condition)
        {
            throw new InvariantException(name);
        }
    }
}

/// <summary>A broken invariant: a bug, not a condition to handle.</summary>
public sealed class InvariantException(string name)
    : Exception($"Broken invariant: {name}. This is a bug in DistTrain; the node stops.");
