namespace DistTrain.Engine.Tcp.Tests;

/// <summary>Links between folders as <c>disttrain certs</c> writes them.</summary>
public sealed class LinksWithCertificatesTests : CertificateScratch
{
    [Fact]
    public void Nodes_know_each_other_by_name_and_role()
    {
        CreateAuthority();
        LinkSecurity head = LinkSecurity.FromFolder(CreateNode(
            new NodeRequest { Name = "head", Hosts = ["127.0.0.1"], Roles = ["head"] }));
        LinkSecurity worker = LinkSecurity.FromFolder(CreateNode(
            new NodeRequest { Name = "worker_1", Roles = ["worker"] }));
        using var cluster = new TestCluster(security: head);
        var client = new RecordingHandler();
        cluster.Dial(client, worker);
        client.WaitForOpen().Peer.ShouldBe(new PeerIdentity("head", NodeRoles.Head));
        cluster.Server.WaitForOpen().Peer
            .ShouldBe(new PeerIdentity("worker_1", NodeRoles.Worker));
    }

    [Fact]
    public void A_node_without_the_role_is_not_let_in()
    {
        CreateAuthority();
        LinkSecurity head = LinkSecurity.FromFolder(CreateNode(
            new NodeRequest { Name = "head", Hosts = ["127.0.0.1"], Roles = ["head"] }));
        LinkSecurity server = LinkSecurity.FromFolder(CreateNode(
            new NodeRequest { Name = "ps", Roles = ["ps"] }));
        using var cluster = new TestCluster(security: head);
        var client = new RecordingHandler();
        cluster.Dial(client, server);
        LinkEnd end = client.WaitForEnd();
        end.Kind.ShouldBe(LinkEndKind.TurnedAway);
        end.Cause.ShouldContain("'ps' is no Worker");
    }
}
