using Akka.Actor;
using Akka.Cluster;
using Akka.Configuration;
using DistTrain.Engine.Tests;
using DistTrain.Learning;

namespace DistTrain.Engine.Akka.Tests;

public sealed class AkkaSettingsTests
{
    private static readonly AkkaNodeOptions Node = new()
    {
        Data = DataFolders.FromEnvironment(),
        Log = new SilentLog(),
    };

    [Theory]
    [InlineData("head")]
    [InlineData("worker")]
    [InlineData("ps")]
    public void Each_role_has_its_file_and_the_cluster_knows_it(string role)
    {
        using ActorSystem system = Start(AkkaSettings.Of(Node, [role], heads: 1));
        Cluster.Get(system).SelfRoles.ShouldBe([role]);
    }

    [Fact]
    public void A_node_without_seeds_waits_to_be_told_whom_to_join() =>
        Seeds(Node).ShouldBeEmpty();

    [Fact]
    public void Seeds_are_named_as_Akka_names_nodes() =>
        Seeds(Node with { Seeds = ["10.0.0.5:7300", "[::1]:7301", "head-2.example:7302"] })
            .Select(Address.Parse).ShouldBe([
                new Address("akka.tcp", "disttrain", "10.0.0.5", 7300),
                new Address("akka.tcp", "disttrain", "[::1]", 7301),
                new Address("akka.tcp", "disttrain", "head-2.example", 7302),
            ]);

    [Fact]
    public void A_node_has_all_roles_that_it_is_given() =>
        AkkaSettings.Of(Node, ["head", "ps"], heads: 1).GetStringList("akka.cluster.roles")
            .ShouldBe(["head", "ps"]);

    [Theory]
    [InlineData("head", 1, "keep-oldest")]
    [InlineData("head", 3, "keep-majority")]
    [InlineData("head", 5, "keep-majority")]
    [InlineData("worker", 1, "keep-majority")]
    public void The_number_of_heads_decides_how_a_split_ends(
        string role, int heads, string strategy)
    {
        Config config = AkkaSettings.Of(Node, [role], heads);
        Config resolver = config.GetConfig("akka.cluster.split-brain-resolver");
        resolver.GetString("active-strategy").ShouldBe(strategy);
        resolver.GetString($"{strategy}.role").ShouldBe("head");
    }

    [Fact]
    public void Options_win_over_the_users_file_which_wins_over_what_is_shipped()
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, """
            akka.remote.dot-netty.tcp.port = 4711
            akka.cluster.split-brain-resolver.stable-after = 7 s
            akka.loglevel = INFO
            """);
        Config config = AkkaSettings.Of(
            Node with { Port = 7300, ConfigFile = path }, ["worker"], heads: 1);
        config.GetInt("akka.remote.dot-netty.tcp.port").ShouldBe(7300);
        config.GetString("akka.loglevel").ShouldBe("INFO");
        config.GetTimeSpan("akka.cluster.split-brain-resolver.stable-after")
            .ShouldBe(TimeSpan.FromSeconds(7));
        config.GetString("akka.cluster.split-brain-resolver.keep-majority.role").ShouldBe("head");
    }

    [Theory]
    [InlineData("akka {\n cluster { roles = [\n", "line 2: [ is never closed")]
    [InlineData("akka.cluster {\n roles = [head }\n", "line 2: } closes nothing")]
    [InlineData("a = 1\nakka.loglevel = \"INFO", "line 2: a quotation mark")]
    [InlineData("akka.loglevel = INFO }", "line 1: } closes nothing")]
    [InlineData("akka {\n include \"no-such-file\"\n}", "include")]
    [InlineData("akka.cluster.failure-detector.heartbeat-interval = soon", "soon")]
    [InlineData("akka.cluster.min-nr-of-members = many", "many")]
    [InlineData("akka.cluster.downing-provider-class = \"No.Such, Thing\"", "Thing")]
    [InlineData("akka.loglevel = ${no.such.thing}", "no.such.thing")]
    public void What_is_wrong_with_the_users_file_is_told_with_its_name(string text, string what)
    {
        using var folder = new TemporaryFolder();
        string path = Write(folder, text);
        string message = Should.Throw<NodeException>(
            () => AkkaSettings.Of(Node with { ConfigFile = path }, ["head"], heads: 1)).Message;
        message.ShouldContain(path);
        message.ShouldContain(what);
        message.ShouldNotContain("\n");
    }

    [Theory]
    [InlineData("a = \"}\" # ]\nb = [1, 2] // }\n")]
    [InlineData("a = \"\"\"\n}\"]\n\"\"\"\n")]
    [InlineData("a = \"\\\"}\"")]
    [InlineData("a = ${?HOME}")]
    public void Brackets_in_quotation_marks_and_comments_need_no_partner(string text) =>
        HoconBrackets.Problem(text).ShouldBeNull();

    [Fact]
    public void A_file_that_is_not_there_is_told_with_its_name() =>
        Should.Throw<NodeException>(() => AkkaSettings.Of(
            Node with { ConfigFile = "no-such.conf" }, ["head"], heads: 1))
            .Message.ShouldContain("no-such.conf");

    [Fact]
    public void Who_listens_everywhere_must_say_where_it_is_reached()
    {
        Should.Throw<NodeException>(() => AkkaSettings.Of(
            Node with { Host = "0.0.0.0" }, ["head"], heads: 1))
            .Message.ShouldContain("--public-host");
        AkkaSettings.Of(
            Node with { Host = "0.0.0.0", PublicHost = "a.example" }, ["head"], heads: 1)
            .GetString("akka.remote.dot-netty.tcp.public-hostname").ShouldBe("a.example");
    }

    [Fact]
    public void Quotation_marks_in_a_name_stay_inside_it() =>
        AkkaSettings.Of(Node with { PublicHost = "a\"\nakka.loglevel=DEBUG" }, ["head"], heads: 1)
            .GetString("akka.loglevel").ShouldBe("WARNING");

    private static string Write(TemporaryFolder folder, string text)
    {
        string path = Path.Combine(folder.Path, "my.conf");
        File.WriteAllText(path, text);
        return path;
    }

    private static IList<string> Seeds(AkkaNodeOptions node) =>
        AkkaSettings.Of(node, ["worker"], heads: 1).GetStringList("akka.cluster.seed-nodes");

    private static ActorSystem Start(Config config) =>
        ActorSystem.Create(AkkaSettings.SystemName, config);
}
