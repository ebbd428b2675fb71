namespace DistTrain.Learning.Tests;

public class ComputeTeamTests
{
    /// <summary>One that spins, and one that sleeps at once: it has more threads than cores.
    /// </summary>
    public static TheoryData<int> Sizes => [1, 2, 3, Environment.ProcessorCount + 2];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Every_call_gives_each_member_its_part_once_and_ends_after_all(int members)
    {
        const int Calls = 3000;
        using var team = new ComputeTeam(members);
        long[] done = new long[members];
        int call = 0;
        Action<int> work = member => done[member] += (call * (long)members) + member;
        long expected = 0;
        for (call = 0; call < Calls; call++)
        {
            team.Run(work);
            expected += call * (long)members;
            if (done[^1] != expected + ((call + 1L) * (members - 1)))
            {
                Assert.Fail($"call {call} ended before its last part");
            }
        }

        for (int member = 0; member < members; member++)
        {
            done[member].ShouldBe(expected + (Calls * (long)member));
        }
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Members_are_the_same_threads_all_the_time_and_the_caller_is_the_first(int members)
    {
        using var team = new ComputeTeam(members, "gradient");
        var first = new Thread[members];
        var second = new Thread[members];
        team.RunOnEach(member => first[member] = Thread.CurrentThread);
        team.RunOnEach(member => second[member] = Thread.CurrentThread);
        second.ShouldBe(first);
        first.Distinct().Count().ShouldBe(members);
        first[0].ShouldBe(Thread.CurrentThread);
        first.Skip(1).Select(thread => thread.Name)
            .ShouldBe(Enumerable.Range(1, members - 1).Select(i => $"gradient {i}"));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void What_a_member_throws_is_thrown_to_the_caller_when_all_have_ended(int members)
    {
        using var team = new ComputeTeam(members);
        int ended = 0;
        for (int bad = 0; bad < members; bad++)
        {
            ended = 0;
            FormatException e = Should.Throw<FormatException>(() => team.Run(Work));
            e.Message.ShouldBe($"member {bad}", "the first of those that threw");
            e.StackTrace!.ShouldContain(nameof(Work), Case.Sensitive, "it is where it was thrown");
            ended.ShouldBe(members);

            void Work(int member)
            {
                Interlocked.Increment(ref ended);
                if (member >= bad)
                {
                    throw new FormatException($"member {member}");
                }
            }
        }

        ended = 0;
        team.Run(_ => Interlocked.Increment(ref ended));
        ended.ShouldBe(members, "it works on");
    }

    [Fact]
    public void A_part_that_its_thread_does_not_come_for_is_done_by_another()
    {
        // More threads than cores sleep between calls, and take longer to wake than the caller's
        // part.
        using var team = new ComputeTeam(Environment.ProcessorCount + 2);
        int taken = 0;
        for (int call = 0; call < 10_000 && taken == 0; call++)
        {
            team.Run(part =>
            {
                if (part > 0 && Thread.CurrentThread.Name?.EndsWith($" {part}") != true)
                {
                    Interlocked.Increment(ref taken);
                }
            });
        }

        taken.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_second_caller_is_refused_while_it_works()
    {
        using var team = new ComputeTeam(2);
        Should.Throw<InvalidOperationException>(
            () => team.Run(_ => team.Run(static _ => { })));
        Should.Throw<InvalidOperationException>(() => team.Run(_ => team.Dispose()));
        team.Run(static _ => { });
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Its_threads_end_with_it(int members)
    {
        var threads = new Thread[members];
        var team = new ComputeTeam(members);
        team.RunOnEach(member => threads[member] = Thread.CurrentThread);
        team.Dispose();
        team.Dispose();
        threads.Skip(1).ShouldAllBe(thread => !thread.IsAlive);
        Should.Throw<ObjectDisposedException>(() => team.Run(static _ => { }));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1025)]
    public void A_team_of_none_or_of_too_many_is_refused(int members) =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ComputeTeam(members));
}
