using Loxi.Bgp.Tests.Transport.Support;
using Loxi.Bgp.Wire;

namespace Loxi.Bgp.Tests.Live;

/// <summary>Another peer of the speaker: what is passed on to it, and that its session does not care about the first.</summary>
internal sealed class Witness(RawPeer peer) : IDisposable
{
    private readonly Dictionary<string, RawUpdate> _routes = [];

    /// <summary>The last UPDATE about each prefix that it has.</summary>
    internal IReadOnlyDictionary<string, RawUpdate> Routes => _routes;

    internal int EndsOfRib { get; private set; }

    internal RawPeer Peer => peer;

    internal Task UntilHasAsync(string prefix) => UntilAsync(() => _routes.ContainsKey(prefix));

    internal Task UntilLostAsync(string prefix) => UntilAsync(() => !_routes.ContainsKey(prefix));

    internal async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
        {
            var update = new RawUpdate(await peer.ReadUntilAsync(MessageType.Update));
            EndsOfRib += update.IsEndOfRib ? 1 : 0;
            update.Withdrawn.ForEach(prefix => _routes.Remove(prefix));
            update.Announced.ForEach(prefix => _routes[prefix] = update);
        }
    }

    public void Dispose() => peer.Dispose();
}
