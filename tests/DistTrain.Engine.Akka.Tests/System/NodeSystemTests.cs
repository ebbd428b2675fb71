using Akka.Cluster;
using DistTrain.Learning;

namespace DistTrain.Engine.Akka.Tests;

/// <summary>By way of whom a node joins its cluster anew.</summary>
public sealed class NodeSystemTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private AkkaHeadOptions Options => new()
    {
        Data = new DataFolders(null, _folder.Path),
        Wait = LoopbackNode.Patience,
        Log = new ListLog(),
    };

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Heads_that_it_takes_for_lost_are_looked_for_too()
    {
        using NodeSystem first = Start(Options);
        string name = NodeLinks.NameOf(first.Self);
        AkkaHeadOptions options = Options with { Seeds = [name] };
        string gone;
        using (NodeSystem second = Start(options))
        {
            gone = NodeLinks.NameOf(second.Self);
            WaitUntil(() => MembersOf(first) == 2);
        }

        WaitUntil(() => MembersOf(first) == 1);
        WaitUntil(() => first.Again(Options).Seeds.Count > 0);

        first.Again(Options).Seeds.ShouldBe([gone]);
        first.Again(options).Seeds.ShouldBe([name, gone], ignoreOrder: true);
        first.Again(options).Port.ShouldBe(first.Self.Port!.Value);
    }

    private static int MembersOf(NodeSystem system) =>
        system.Cluster.State.Members.Count(member => member.Status == MemberStatus.Up);

    private static NodeSystem Start(AkkaHeadOptions options)
    {
        NodeSystem system = NodeSystem.Start(options, [NodePaths.HeadRole], heads: 3);
        system.Join(CancellationToken.None).ShouldBe(JoinOutcome.Up);
        return system;
    }

    private static void WaitUntil(Func<bool> isSo) =>
        SpinWait.SpinUntil(isSo, LoopbackNode.Patience).ShouldBeTrue();
}
