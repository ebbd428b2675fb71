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
        Take(mailbox, 1).ShouldBe(["a"]);
        mailbox.TryAdd("d").ShouldBeTrue();
        mailbox.IsEmpty.ShouldBeFalse();
        Take(mailbox, 9).ShouldBe(["b", "d"]);
        mailbox.IsEmpty.ShouldBeTrue();
        Take(mailbox, 9).ShouldBeEmpty();
    }

    [Fact]
    public void A_mailbox_that_grows_and_wraps_keeps_the_order()
    {
        var mailbox = new Mailbox<string>(10_000);
        int added = 0;
        int taken = 0;
        for (int round = 0; round < 100; round++)
        {
            for (int i = 0; i < 7 + (round % 5); i++)
            {
                mailbox.TryAdd($"{added++}").ShouldBeTrue();
            }

            foreach (string message in Take(mailbox, round < 99 ? 6 : added))
            {
                message.ShouldBe($"{taken++}");
            }
        }

        taken.ShouldBe(added);
    }

    private static string[] Take(Mailbox<string> mailbox, int atMost)
    {
        string[] messages = new string[atMost];
        return messages[..mailbox.Take(messages)];
    }
}
