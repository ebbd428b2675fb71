namespace DistTrain.Numerics;

/// <summary>
/// dX = dZ · Wᵀ by way of dXᵀ = W · dZᵀ: the kernel with A = W where it stands and B = dZᵀ, whose
/// vectors run along the samples. Blocks of rows of dXᵀ are turned round in registers while they
/// are in L1.
/// </summary>
internal static unsafe class TransposedGemm<V>
    where V : struct, ILanes<V>
{
    /// <summary>Inputs in a block: whole vectors at every width, and whole tiles.</summary>
    private const int BlockRows = 48;

    private static int BlockLength => BlockRows * Tiles<V>.MaxVectors * V.Count;

    /// <summary>Numbers of scratch for so many samples and outputs.</summary>
    public static int ScratchLength(int samples, int outputs) =>
        Tiles<V>.StackLength + BlockLength + (outputs * RoundUp(samples));

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
        int width = RoundUp(samples);
        float* block = scratch + Tiles<V>.StackLength;
        float* dzT = block + BlockLength;
        Transposition<V>.Copy(samples, outputs, dz, dzStride, dzT, width);
        ClearColumns(dzT, outputs, samples, width);
        var s = new Operands(
            outputs, outputs, wStride, 1, width, RowStrideC: 0, width, V.Count);
        for (int input = 0; input < inputs; input += BlockRows)
        {
            int rows = Math.Min(BlockRows, inputs - input);
            for (int sample = 0; sample < samples;)
            {
                int vectors = Tiles<V>.NextVectors(
                    (width - sample) / V.Count, Tiles<V>.MaxVectors);
                int columns = Math.Min(vectors * V.Count, samples - sample);
                Operands group = s with { RowStrideC = vectors * V.Count };
                Block(
                    rows, vectors, group, w + (input * wStride), dzT + sample, block, scratch);
                float* tile = dx + (sample * dxStride) + input;
                Transposition<V>.Copy(rows, columns, block, group.RowStrideC, tile, dxStride);
                epilogue.Run(tile, dxStride, sample, input, columns, rows);
                sample += columns;
            }
        }
    }

    /// <summary>Rows of dXᵀ over a group of samples, each chain ended by + 0 (N2).</summary>
    private static void Block(
        int rows, int vectors, in Operands s, float* w, float* dzT, float* block, float* stack)
    {
        float* last = dzT + ((vectors - 1) * V.Count);
        for (int i = 0; i < rows;)
        {
            int count = Tiles<V>.NextRows(rows - i, Tiles<V>.MaxRows(vectors));
            Tiles<V>.Run(
                count, vectors, s, w + (i * s.RowStrideA), dzT, last,
                block + (i * s.RowStrideC), stack, next: null);
            i += count;
        }

        V zero = V.Broadcast(0);
        for (int i = 0; i < rows * vectors * V.Count; i += V.Count)
        {
            V.Store(block + i, V.Load(block + i) + zero);
        }
    }

    private static void ClearColumns(float* matrix, int rows, int from, int width)
    {
        for (int i = 0; i < rows; i++)
        {
            for (int j = from; j < width; j++)
            {
                matrix[(i * (nint)width) + j] = 0;
            }
        }
    }

    private static int RoundUp(int samples) => (samples + V.Count - 1) / V.Count * V.Count;
}
