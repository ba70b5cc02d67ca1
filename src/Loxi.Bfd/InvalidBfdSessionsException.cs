using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Bfd;

/// <summary>Sessions cannot be put in force as they are. Nothing was changed.</summary>
public sealed class InvalidBfdSessionsException : Exception
{
    /// <summary>Says all that is wrong.</summary>
    /// <param name="problems">Each field with its value and what was expected.</param>
    public InvalidBfdSessionsException(ImmutableArray<Problem> problems)
        : base(string.Join("; ", problems)) => Problems = problems;

    /// <summary>Each field, preceded by <c>sessions[n].</c>, with its value and what was expected.</summary>
    public ImmutableArray<Problem> Problems { get; }
}
