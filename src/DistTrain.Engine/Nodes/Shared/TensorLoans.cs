using DistTrain.Wire;

namespace DistTrain.Engine;

/// <summary>This process's end of a connection on which both ends lend tensors.</summary>
internal sealed class TensorLoans : IDisposable
{
    private readonly BorrowedTensors _borrowed = new();

    private TensorLoans(int borrower) => Sharing = new TensorSharing(borrower, _borrowed);

    public TensorSharing Sharing { get; }

    /// <returns>Null: too many connections do.</returns>
    public static TensorLoans? TryBegin() =>
        Borrowers.TryAdd() is { } borrower ? new TensorLoans(borrower) : null;

    /// <summary>Once nothing is lent or borrowed any more; what is borrowed still stays.</summary>
    public void Dispose()
    {
        Borrowers.Remove(Sharing.Borrower);
        _borrowed.Dispose();
    }
}
