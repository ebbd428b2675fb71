namespace DistTrain.Numerics;

/// <summary>
/// dX = dZ · Wᵀ by way of dXᵀ = W · dZᵀ: the kernel with A = W where it stands and B = dZᵀ in
/// panels, whose vectors run along the samples. Blocks of rows of dXᵀ are turned round in
/// registers while they are in L1.
/// </summary>
internal static unsafe class TransposedGemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Inputs in a block: whole vectors at every width, and whole tiles.</summary>
    private const int BlockRows = 48;

    private static int BlockLength => BlockRows * Tiles<V>.MaxVectors * V.Count;

    /// <summary>Numbers of scratch for so many samples and outputs.</summary>
    public static int ScratchLength(int samples, int outputs) =>
        BlockLength + (outputs * RoundUp(samples));

    /// <param name="samples">Rows of dZ and dX.</param>
    /// <param name="inputs">Rows of W, columns of dX.</param>
    /// <param name="outputs">Columns of dZ and W.</param>
    /// <param name="dz">(samples, outputs)</param>
    /// <param name="dzStride">Row stride of dZ.</param>
    /// <param name="w">(inputs, outputs)</param>
    /// <param name="wStride">Row stride of W.</param>
    /// <param name="dx">(samples, inputs)</param>
    /// <param name="dxStride">Row stride of dX.</param>
    /// <param name="scratch"><see cref="ScratchLength"/> numbers.</param>
    /// <param name="epilogue">What is done to a block of dX while it is in L1.</param>
    public static void Multiply<TEpilogue>(
        int samples, int inputs, int outputs, float* dz, nint dzStride, float* w, nint wStride,
        float* dx, nint dxStride, float* scratch, in TEpilogue epilogue)
        where TEpilogue : struct, ITileEpilogue
    {
        float* block = scratch;
        float* panels = block + BlockLength;
        for (int sample = 0; sample < samples;)
        {
            int vectors = VectorsAt(sample, samples);
            int columns = Math.Min(vectors * V.Count, samples - sample);
            ToPanel(
                columns, outputs, dz + (sample * dzStride), dzStride,
                panels + (sample * (nint)outputs), vectors * V.Count);
            sample += columns;
        }

        for (int input = 0; input < inputs; input += BlockRows)
        {
            int rows = Math.Min(BlockRows, inputs - input);
            for (int sample = 0; sample < samples;)
            {
                int vectors = VectorsAt(sample, samples);
                int columns = Math.Min(vectors * V.Count, samples - sample);
                ColumnGroup group = GroupOf(
                    vectors, outputs, wStride, panels + (sample * (nint)outputs));
                Block(rows, group, w + (input * wStride), block);
                float* tile = dx + (sample * dxStride) + input;
                Transposition<V>.Copy(
                    rows, columns, block, group.S.RowStrideC, tile, dxStride);
                epilogue.Run(tile, dxStride, sample, input, columns, rows);
                sample += columns;
            }
        }
    }

    /// <summary>Vectors in the group of samples that begins at one.</summary>
    private static int VectorsAt(int sample, int samples) => Tiles<V>.NextVectors(
        (samples - sample + V.Count - 1) / V.Count, Tiles<V>.MaxVectors);

    /// <summary>Columns of a matrix's transpose, such as dZᵀ, as a panel, + 0 behind the last
    /// sample.</summary>
    public static void ToPanel(
        int samples, int outputs, float* dz, nint dzStride, float* panel, int width)
    {
        Transposition<V>.Copy(samples, outputs, dz, dzStride, panel, width);
        for (int i = 0; i < outputs; i++)
        {
            for (int j = samples; j < width; j++)
            {
                panel[(i * (nint)width) + j] = 0;
            }
        }
    }

    private static ColumnGroup GroupOf(int vectors, int outputs, nint wStride, float* panel)
    {
        int width = vectors * V.Count;
        var s = new Operands(
            outputs, outputs, wStride, 1, width, width, width, LastCount: V.Count);
        return new ColumnGroup
        {
            Columns = width,
            Vectors = vectors,
            IsPanel = true,
            First = panel,
            Last = panel + width - V.Count,
            S = s,
        };
    }

    /// <summary>Rows of dXᵀ over a group of samples, each chain ended by + 0 (N2).</summary>
    private static void Block(int rows, in ColumnGroup group, float* w, float* block)
    {
        for (int i = 0; i < rows;)
        {
            int count = Tiles<V>.NextRows(rows - i, Tiles<V>.MaxRows(group.Vectors));
            PanelTiles<V>.Run(
                count, group, w + (i * group.S.RowStrideA), block + (i * group.S.RowStrideC),
                next: null, nextStride: 0);
            i += count;
        }

        V zero = V.Broadcast(0);
        for (nint i = 0; i < rows * group.S.RowStrideC; i += V.Count)
        {
            V.Store(block + i, V.Load(block + i) + zero);
        }
    }

    private static int RoundUp(int samples) => (samples + V.Count - 1) / V.Count * V.Count;
}
