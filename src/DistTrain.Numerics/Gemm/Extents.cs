namespace DistTrain.Numerics;

/// <summary>A number of rows or vectors as a type, so that it is a constant to the JIT.</summary>
internal interface IExtent
{
    static abstract int Count { get; }
}

internal readonly struct One : IExtent
{
    public static int Count => 1;
}

internal readonly struct Two : IExtent
{
    public static int Count => 2;
}

internal readonly struct Three : IExtent
{
    public static int Count => 3;
}

internal readonly struct Four : IExtent
{
    public static int Count => 4;
}

internal readonly struct Five : IExtent
{
    public static int Count => 5;
}

internal readonly struct Six : IExtent
{
    public static int Count => 6;
}

internal readonly struct Seven : IExtent
{
    public static int Count => 7;
}

internal readonly struct Eight : IExtent
{
    public static int Count => 8;
}

internal readonly struct Nine : IExtent
{
    public static int Count => 9;
}

internal readonly struct Ten : IExtent
{
    public static int Count => 10;
}

internal readonly struct Eleven : IExtent
{
    public static int Count => 11;
}

internal readonly struct Twelve : IExtent
{
    public static int Count => 12;
}
