using System.Diagnostics;
using System.Runtime.CompilerServices;
using DistTrain.Wire;

namespace DistTrain.Engine.Tests;

/// <summary>Lender and borrower are this process: it maps its own memory a second time.</summary>
public sealed class SharedTensorTests : IDisposable
{
    private const string Reason = "memory is lent on Linux";
    private const int Length = 1_000;

    private readonly BorrowedTensors _borrower = new();

    public void Dispose() => _borrower.Dispose();

    [SkippableFact]
    public void Both_see_what_either_writes()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        using BorrowedTensor first = _borrower.Borrow(lender.Lend(0, 0), Length);
        using BorrowedTensor second = _borrower.Borrow(lender.Lend(0, 64 * 4), 10);
        first.Values.ToArray().ShouldAllBe(value => value == 0);
        lender.GetSpan()[70] = 2.5f;
        first.Values.Span[70].ShouldBe(2.5f);
        second.Values.Length.ShouldBe(10);
        second.Values.Span[6].ShouldBe(2.5f);
        first.Values.Span[Length - 1] = 7;
        lender.Memory.Span[Length - 1].ShouldBe(7);
    }

    [SkippableFact]
    public void It_is_home_when_every_borrower_has_given_all_back()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        lender.IsHome.ShouldBeTrue();
        BorrowedTensor first = _borrower.Borrow(lender.Lend(3, 0), Length);
        BorrowedTensor second = _borrower.Borrow(lender.Lend(3, 0), Length);
        BorrowedTensor other = _borrower.Borrow(
            lender.Lend(SharedTensor.MostBorrowers - 1, 0), Length);
        first.Dispose();
        first.Dispose(); // once counts
        other.Dispose();
        lender.IsHome.ShouldBeFalse();
        lender.IsBack(3).ShouldBeFalse();
        lender.IsBack(4).ShouldBeTrue();
        second.Dispose();
        lender.IsHome.ShouldBeTrue();
    }

    [SkippableFact]
    public void What_a_lost_borrower_has_is_never_home_again()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        BorrowedTensor had = _borrower.Borrow(lender.Lend(1, 0), Length);
        lender.Lose(0);
        lender.IsLost.ShouldBeFalse("it had nothing");
        lender.Lose(1);
        (lender.IsLost, lender.IsHome).ShouldBe((true, false));
        had.Dispose();
        (lender.IsLost, lender.IsHome).ShouldBe((true, false), "who knows when it has seen that");
    }

    [SkippableFact]
    public void A_borrower_reads_on_when_the_lender_has_retired_or_ended()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        lender.GetSpan().Fill(3);
        BorrowedTensor lost = _borrower.Borrow(lender.Lend(1, 0), Length);
        TensorPlace again = lender.Lend(1, 0);
        lender.Lose(1);
        lender.Retire();
        lost.Values.ToArray().ShouldAllBe(value => value == 3);
        _borrower.Borrow(again, Length).Dispose(); // mapped already
        lender.Lose(2);
        lender.IsBack(1).ShouldBeTrue("there is nothing any more");
    }

    [SkippableFact]
    public void Who_is_alive_and_has_not_mapped_it_yet_still_can()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        lender.Lend(1, 0);
        TensorPlace late = lender.Lend(2, 0);
        lender.Lose(1);
        lender.Retire();
        lender.GetSpan()[0] = 4;
        using BorrowedTensor came = _borrower.Borrow(late, Length);
        came.Values.Span[0].ShouldBe(4);
    }

    [SkippableFact]
    public void What_nobody_refers_to_any_more_is_given_back()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        Forget(lender);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        lender.IsHome.ShouldBeTrue();

        [MethodImpl(MethodImplOptions.NoInlining)]
        void Forget(SharedTensor of) => _borrower.Borrow(of.Lend(0, 0), Length);
    }

    [SkippableFact]
    public void No_file_stays_not_even_while_it_is_there()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        TensorPlace place = lender.Place(0, 0);
        string path = new FileInfo($"/proc/self/fd/{place.File}").LinkTarget!;
        path.ShouldStartWith(SharedFile.PathStart);
        path.ShouldEndWith(" (deleted)");
    }

    [SkippableFact]
    public void More_than_there_is_is_not_made()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        long free = new DriveInfo("/dev/shm").AvailableFreeSpace;
        int most = (int)Math.Min(free / sizeof(float), int.MaxValue);
        Skip.If(free >= 2L * sizeof(float) * most, "there is more than a tensor can take");
        SharedTensor.TryCreate(most).ShouldBeNull();
        new TensorBlock(null, 5, inPage: 0).Lender.ShouldBeNull();
    }

    [SkippableTheory]
    [InlineData("another key")]
    [InlineData("too many numbers")]
    [InlineData("before the first")]
    [InlineData("across cache lines")]
    [InlineData("an offset beyond all")]
    [InlineData("no borrower")]
    [InlineData("a borrower beyond the last")]
    public void A_place_that_is_not_right_is_refused(string what)
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        TensorPlace right = lender.Place(0, 0);
        (TensorPlace place, int elements) = what switch
        {
            "another key" => (right with { Key = right.Key + 1 }, Length),
            "too many numbers" => (right, Length + 1),
            "before the first" => (right with { Offset = -64 }, 1),
            "across cache lines" => (right with { Offset = 4 }, 1),
            "an offset beyond all" => (right with { Offset = 1L << 62 }, 1),
            "no borrower" => (right with { Borrower = -1 }, 1),
            _ => (right with { Borrower = SharedTensor.MostBorrowers }, 1),
        };

        Should.Throw<WireException>(() => _borrower.Borrow(place, elements)).Fault
            .ShouldBe(WireFault.Malformed);
        _borrower.Borrow(right, Length).ShouldNotBeNull();
    }

    [SkippableFact]
    public void Nothing_else_is_opened()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        string document = Path.GetTempFileName();
        File.WriteAllBytes(document, new byte[10_000]);
        using FileStream open = new(document, FileMode.Open, FileAccess.ReadWrite);
        int file = open.SafeFileHandle.DangerousGetHandle().ToInt32();
        var place = new TensorPlace(Environment.ProcessId, file, 0, 0, 0);
        Should.Throw<WireException>(() => _borrower.Borrow(place, 1));

        using Process ended = Process.Start("true");
        ended.WaitForExit();
        Should.Throw<WireException>(() => _borrower.Borrow(place with { Process = ended.Id }, 1));
        Should.Throw<WireException>(() => _borrower.Borrow(place with { File = 100_000 }, 1));
        File.ReadAllBytes(document).ShouldAllBe(value => value == 0);
        File.Delete(document);
    }

    [Fact]
    public void Each_connection_has_a_number_until_it_is_over_and_some_have_none()
    {
        int first = Borrowers.TryAdd()!.Value;
        List<int> others = [];
        while (Borrowers.TryAdd() is { } another)
        {
            others.Add(another);
        }

        others.ShouldNotContain(first);
        others.ShouldBeUnique();
        others.ShouldAllBe(number => number < SharedTensor.MostBorrowers);
        Borrowers.Remove(first);
        Borrowers.TryAdd().ShouldBe(first);
        Borrowers.Remove(first);
        others.ForEach(Borrowers.Remove);
    }

    [SkippableFact]
    public void What_is_not_lent_from_any_more_is_let_go_and_what_is_in_use_stays()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor used = New(), replaced = New(), kept = New();
        kept.GetSpan().Fill(6);
        BorrowedTensor stays = _borrower.Borrow(kept.Lend(0, 0), Length);
        _borrower.Borrow(replaced.Lend(0, 0), Length).Dispose();
        for (int i = 0; i < 5_000; i++)
        {
            _borrower.Borrow(used.Lend(0, 0), Length).Dispose();
        }

        _borrower.Memories.ShouldBe(3, "nothing is looked for before another one comes");
        _borrower.Borrow(New().Lend(0, 0), Length).Dispose();
        _borrower.Memories.ShouldBe(2);
        stays.Values.ToArray().ShouldAllBe(value => value == 6);
        stays.Dispose();
        kept.IsHome.ShouldBeTrue();
        _borrower.Borrow(kept.Lend(0, 0), Length).Values.Span[0].ShouldBe(6, "mapped anew");
        _borrower.Dispose();
        _borrower.Memories.ShouldBe(0);
    }

    [SkippableFact]
    public void A_retired_one_ends_when_the_last_living_borrower_has_given_it_back()
    {
        Skip.IfNot(OperatingSystem.IsLinux(), Reason);
        SharedTensor lender = New();
        BorrowedTensor loan = _borrower.Borrow(lender.Lend(1, 0), Length);
        lender.Lend(2, 0);
        string descriptor = $"/proc/self/fd/{lender.Place(0, 0).File}";
        string file = new FileInfo(descriptor).LinkTarget!;
        lender.Retire();
        New(); // looks for what is over
        new FileInfo(descriptor).LinkTarget.ShouldBe(file);
        lender.Lose(2);
        loan.Dispose();
        New();
        new FileInfo(descriptor).LinkTarget.ShouldNotBe(file);
        lender.IsBack(1).ShouldBeTrue();
    }

    private static SharedTensor New() => SharedTensor.TryCreate(Length).ShouldNotBeNull();
}
