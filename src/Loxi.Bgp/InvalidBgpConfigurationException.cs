using System.Collections.Immutable;
using Loxi.Core;

namespace Loxi.Bgp;

/// <summary>A configuration or announcements cannot be put in force as they are. Nothing was changed.</summary>
public sealed class InvalidBgpConfigurationException : Exception
{
    /// <summary>Says all that is wrong.</summary>
    /// <param name="problems">Each field with its value and what was expected.</param>
    public InvalidBgpConfigurationException(ImmutableArray<Problem> problems)
        : base(string.Join("; ", problems)) => Problems = problems;

    /// <summary>Each field with its path, e.g. <c>speaker.listenPort</c> or <c>peers[2].holdTime</c>, its value and what was expected.</summary>
    public ImmutableArray<Problem> Problems { get; }
}
