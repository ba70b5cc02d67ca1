using System.Collections.Immutable;
using Loxi.Bfd;
using Loxi.Node.Bfd;

namespace Loxi.Node.Composition;

/// <summary>The BFD of this node. Nothing is opened and no thread started before there is a session.</summary>
internal sealed class NodeSpeaker(BfdSpeaker speaker) : IBfdSpeaker
{
    public Task ApplyAsync(IReadOnlyList<BfdSessionSettings> sessions) => speaker.ApplyAsync(sessions);

    public Task<ImmutableArray<BfdSessionReport>> ReadSessionsAsync() => speaker.ReadSessionsAsync();

    public ValueTask StopAsync() => speaker.DisposeAsync();
}
