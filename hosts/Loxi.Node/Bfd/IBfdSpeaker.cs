using System.Collections.Immutable;
using Loxi.Bfd;

namespace Loxi.Node.Bfd;

/// <summary>What the node needs of a <see cref="BfdSpeaker"/>.</summary>
internal interface IBfdSpeaker
{
    /// <summary>Makes these the sessions that there are, all or none.</summary>
    /// <exception cref="InvalidBfdSessionsException">Something is wrong with them.</exception>
    Task ApplyAsync(IReadOnlyList<BfdSessionSettings> sessions);

    /// <summary>Reads the sessions.</summary>
    Task<ImmutableArray<BfdSessionReport>> ReadSessionsAsync();

    /// <summary>Tells every peer that the session is administratively down, and ends.</summary>
    ValueTask StopAsync();
}
