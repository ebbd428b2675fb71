using System.Collections.Immutable;

namespace DistTrain.Protocol;

/// <summary>A worker's share under the assignment in force, for the two sizes of a step's tree:
/// a division is worked out only when the assignment changes.</summary>
internal sealed class DivisionCache(WorkerId worker)
{
    private readonly Dictionary<int, ImmutableArray<TreeNode>> _byMicrobatches = new(2);
    private Assignment? _assignment;

    public ImmutableArray<TreeNode> NodesOf(Assignment assignment, int microbatches)
    {
        if (!IsSame(assignment))
        {
            _byMicrobatches.Clear();
            _assignment = assignment;
        }

        if (!_byMicrobatches.TryGetValue(microbatches, out ImmutableArray<TreeNode> nodes))
        {
            nodes = WorkDivision.NodesOf(assignment, worker, microbatches);
            _byMicrobatches.Add(microbatches, nodes);
        }

        return nodes;
    }

    // Two coordinators may have given one number to different lists.
    private bool IsSame(Assignment assignment) => _assignment is { } last
        && (ReferenceEquals(last, assignment)
            || (last.Number == assignment.Number
                && last.Workers.AsSpan().SequenceEqual(assignment.Workers.AsSpan())));
}
