using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>
/// What the other end of a connection lends. Each memory is mapped once, and stays so while it is
/// lent from again and again, and as long as anything of it is in use, be the connection over and
/// the other process gone.
/// </summary>
internal sealed class BorrowedTensors : ITensorBorrower, IDisposable
{
    /// <summary>Whoever lends takes its memories in turn: one that was not among so many loans has
    /// been replaced. So there are never many more.</summary>
    private const int LoansInTurn = 4_096;

    private readonly Dictionary<UInt128, BorrowedMemory> _memories = [];
    private long _loans;

    /// <summary>Memories that are mapped.</summary>
    public int Memories => _memories.Count;

    /// <inheritdoc/>
    public BorrowedTensor Borrow(in TensorPlace place, int elements)
    {
        _loans++;
        if (!_memories.TryGetValue(place.Key, out BorrowedMemory? memory))
        {
            LetReplacedGo();
            memory = Map(place);
            _memories.Add(place.Key, memory);
        }

        memory.LastLoan = _loans;
        return memory.Take(place, elements);
    }

    /// <summary>The connection is over. What is in use stays.</summary>
    public void Dispose()
    {
        foreach (BorrowedMemory memory in _memories.Values)
        {
            memory.Release();
        }

        _memories.Clear();
    }

    private void LetReplacedGo()
    {
        foreach ((UInt128 key, BorrowedMemory memory) in _memories)
        {
            if (memory.LastLoan < _loans - LoansInTurn)
            {
                _memories.Remove(key);
                memory.Release();
            }
        }
    }

    private static BorrowedMemory Map(in TensorPlace place)
    {
        string path = $"/proc/{place.Process}/fd/{place.File}";
        try
        {
            // Nothing else is opened: a pipe would wait, a document would be written to.
            if (new FileInfo(path).LinkTarget?.StartsWith(
                SharedFile.PathStart, StringComparison.Ordinal) != true)
            {
                throw new IOException("there is no such memory");
            }

            using FileStream file = SharedFile.Open(path);
            return BorrowedMemory.Of(file, place.Key);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new WireException(
                WireFault.Malformed,
                $"the memory that process {place.Process} lends cannot be mapped: {e.Message}");
        }
    }
}
