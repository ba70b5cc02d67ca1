using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Ha.Sync.Speaker;

/// <summary>Settings cannot be put in force as they are. Nothing was changed.</summary>
public sealed class InvalidSyncSettingsException : Exception
{
    /// <summary>Says all that is wrong.</summary>
    /// <param name="problems">Each field with its value and what was expected.</param>
    public InvalidSyncSettingsException(ImmutableArray<Problem> problems)
        : base(string.Join("; ", problems)) => Problems = problems;

    /// <summary>Each field with its value and what was expected.</summary>
    public ImmutableArray<Problem> Problems { get; }
}
