using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Ha.Announce;

/// <summary>VIP groups cannot be put in force as they are. Nothing was changed.</summary>
public sealed class InvalidAnnouncementException : Exception
{
    /// <summary>Says all that is wrong.</summary>
    /// <param name="problems">Each field with its value and what was expected.</param>
    public InvalidAnnouncementException(ImmutableArray<Problem> problems)
        : base(string.Join("; ", problems)) => Problems = problems;

    /// <summary>Each field, as <c>groups[n].addresses[m].interface</c>, with its value and what was expected.</summary>
    public ImmutableArray<Problem> Problems { get; }
}
