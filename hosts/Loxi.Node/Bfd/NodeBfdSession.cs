using Loxi.Bfd;

namespace Loxi.Node.Bfd;

/// <summary>A BFD session and how it fares.</summary>
/// <param name="Configured">How it is configured.</param>
/// <param name="Report">How it is; null when it is not in force.</param>
/// <param name="Moment">When the report was made.</param>
internal sealed record NodeBfdSession(ConfiguredBfd Configured, BfdSessionReport? Report, BfdMoment Moment)
{
    /// <summary>Why it is not in force; null when it is.</summary>
    public string? Problem { get; init; }
}
