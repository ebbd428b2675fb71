namespace DistTrain.Numerics;

/// <summary>
/// Where a batch of inputs is not zero: for each microbatch and feature the samples that have it,
/// and for each few samples the features that any of them has. Filled by
/// <see cref="Kernels.MapNonzeros"/>; one thread's own.
/// </summary>
public sealed class NonzeroMap
{
    /// <summary>A mask has a bit for each sample of a microbatch.</summary>
    internal const int MaxMicrobatch = 32;

    /// <summary>Samples that share a list of features. Fewer lists are shorter ones, more samples
    /// use a row of W better: on MNIST 4 samples have 39 % of the features between them.</summary>
    internal const int SamplesAList = 4;

    /// <summary>Features whose rows of a group of W's columns stay in L1 while all lists are gone
    /// through: 32 KB of four 512-bit vectors. Whole steps of a search. Blocks of 64 cost 15 %
    /// more, for each list of each block loads and stores what it adds up; of 160, no less.
    /// </summary>
    internal const int BlockFeatures = 128;

    /// <summary>A bit for each sample of a list.</summary>
    internal const uint ListSamples = (1u << SamplesAList) - 1;

    /// <summary>Above this share of the terms the dense kernels are faster.</summary>
    private const double WorthwhileShare = 0.75;

    private readonly int _maxSamples;
    private readonly AlignedBuffer<uint> _masks;
    private readonly AlignedBuffer<ushort> _lists;
    private readonly int[] _starts;

    /// <param name="maxSamples">Most samples in a batch.</param>
    /// <param name="features">Numbers in a sample.</param>
    /// <param name="microbatch">Samples in a microbatch.</param>
    public NonzeroMap(int maxSamples, int features, int microbatch)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(microbatch, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(features);
        ArgumentOutOfRangeException.ThrowIfNegative(maxSamples);
        Features = features;
        _maxSamples = maxSamples;
        Microbatch = microbatch;
        IsPossible = microbatch <= MaxMicrobatch && features <= ushort.MaxValue;
        ListsAMicrobatch = CeilingOf(microbatch, SamplesAList);
        int microbatches = IsPossible ? CeilingOf(maxSamples, microbatch) : 0;
        MaskStride = CeilingOf(features, NonzeroSearch.Step) * NonzeroSearch.Step;
        _masks = new AlignedBuffer<uint>(microbatches * MaskStride);
        ListStride = MaskStride + NonzeroSearch.Step;
        _lists = new AlignedBuffer<ushort>(microbatches * ListsAMicrobatch * ListStride);
        Blocks = Math.Max(1, CeilingOf(features, BlockFeatures));
        StartStride = Blocks + 1;
        _starts = new int[microbatches * ListsAMicrobatch * StartStride];
    }

    /// <summary>Whether the batch mapped last has zeros enough to skip them.</summary>
    public bool IsWorthwhile { get; internal set; }

    /// <summary>Numbers in a sample.</summary>
    internal int Features { get; }

    /// <summary>Samples in a microbatch.</summary>
    internal int Microbatch { get; }

    /// <summary>Whether a map of these shapes can be made at all.</summary>
    internal bool IsPossible { get; }

    internal int ListsAMicrobatch { get; }

    internal int MaskStride { get; }

    internal int ListStride { get; }

    /// <summary>(microbatches, <see cref="MaskStride"/>)</summary>
    internal Span<uint> Masks => _masks.Span;

    /// <summary>(lists, <see cref="ListStride"/>)</summary>
    internal Span<ushort> Lists => _lists.Span;

    /// <summary>Blocks of <see cref="BlockFeatures"/> features, 1 or more.</summary>
    internal int Blocks { get; }

    internal int StartStride { get; }

    /// <summary>(lists, <see cref="StartStride"/>): where the features of each block begin in the
    /// list, and where the list ends.</summary>
    internal Span<int> Starts => _starts;

    /// <summary>Whether lists over the microbatches so far promise to save time.</summary>
    internal bool Promises(int microbatches)
    {
        int lists = microbatches * ListsAMicrobatch;
        long terms = 0;
        for (int i = 0; i < lists; i++)
        {
            terms += _starts[(i * StartStride) + Blocks];
        }

        return terms < WorthwhileShare * lists * Features;
    }

    /// <summary>Throws if a batch of this shape does not fit.</summary>
    internal void Require(ReadOnlyMatrix x) => Shapes.Require(
        x.Rows <= _maxSamples && x.Columns == Features,
        $"a map of ({_maxSamples}, {Features}) for inputs ({x.Rows}, {x.Columns})");

    internal static int CeilingOf(int count, int unit) => (count + unit - 1) / unit;
}
