namespace DistTrain.Cli;

/// <summary>How grave a finding is.</summary>
internal enum Verdict
{
    Good,
    Note,
    Bad,
}

/// <summary>One line of the doctor's.</summary>
/// <param name="Verdict">How grave it is.</param>
/// <param name="What">What was looked at.</param>
/// <param name="Found">What it is like.</param>
/// <param name="Fix">How to put it right; empty where there is nothing to do.</param>
internal sealed record Finding(Verdict Verdict, string What, string Found, string Fix = "");
