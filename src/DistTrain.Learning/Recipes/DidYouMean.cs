namespace DistTrain.Learning;

/// <summary>Finds the word that someone meant who mistyped it.</summary>
public static class DidYouMean
{
    /// <summary>
    /// "did you mean 'epochs'?" where a candidate is close enough to be worth saying, else null.
    /// Case, '-' and '_' do not count.
    /// </summary>
    public static string? Hint(string word, IEnumerable<string> candidates) =>
        Closest(word, candidates) is { } found ? $"did you mean '{found}'?" : null;

    /// <summary>The candidate nearest to the word, or null where none is near.</summary>
    public static string? Closest(string word, IEnumerable<string> candidates)
    {
        string typed = Normalise(word);
        string? best = null;
        // One slip for each three letters, but always one: 'sg' means 'sgd'.
        int bestDistance = Math.Max(1, typed.Length / 3) + 1;
        foreach (string candidate in candidates)
        {
            int distance = Distance(typed, Normalise(candidate));
            if (distance < bestDistance)
            {
                (best, bestDistance) = (candidate, distance);
            }
        }
        return best;
    }

    /// <summary>
    /// Damerau–Levenshtein distance in its restricted form (optimal string alignment): insertions,
    /// deletions, substitutions and swaps of neighbours, no piece edited twice.
    /// </summary>
    internal static int Distance(string a, string b)
    {
        var rows = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
        {
            rows[i, 0] = i;
        }
        for (int j = 0; j <= b.Length; j++)
        {
            rows[0, j] = j;
        }
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int substitution = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(substitution, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                {
                    best = Math.Min(best, rows[i - 2, j - 2] + 1);
                }
                rows[i, j] = best;
            }
        }
        return rows[a.Length, b.Length];
    }

    // A mistyped word is short; a long one is not worth its quadratic cost.
    private static string Normalise(string word) =>
        (word.Length > 64 ? word[..64] : word)
            .Replace("-", "", StringComparison.Ordinal)
            .Replace("_", "", StringComparison.Ordinal)
            .ToLowerInvariant();
}
