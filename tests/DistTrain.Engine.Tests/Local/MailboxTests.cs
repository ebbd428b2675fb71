namespace DistTrain.Engine.Tests;

public sealed class MailboxTests
{
    [Fact]
    public void A_full_mailbox_refuses_and_forgets_nothing()
    {
        var mailbox = new Mailbox<string>(2);

        mailbox.TryAdd("a").ShouldBeTrue();
        mailbox.TryAdd("b").ShouldBeTrue();
        mailbox.TryAdd("c").ShouldBeFalse();
        mailbox.TryTake(out string? first).ShouldBeTrue();
        first.ShouldBe("a");
        mailbox.TryAdd("d").ShouldBeTrue();
        mailbox.TryTake(out _).ShouldBeTrue();
        mailbox.TryTake(out string? last).ShouldBeTrue();
        last.ShouldBe("d");
        mailbox.TryTake(out _).ShouldBeFalse();
        mailbox.IsEmpty.ShouldBeTrue();
    }
}
