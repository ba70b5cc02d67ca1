using Loxi.Api.Wire;
using Xunit;

namespace Loxi.Scenarios.RootTests.Bfd;

/// <summary>A node's BFD sessions as its REST API shows them.</summary>
internal static class NodeBfd
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<BfdEntry> ReadAsync(this Node node, string peer) => (await node.Api.ListBfdSessionsAsync(Cancellation)).Single(s => s.RemoteIP == peer);

    /// <summary>Looks until the session is as wanted: the REST API has no event to wait for.</summary>
    public static async Task<BfdEntry> WaitAsync(this Node node, string peer, Func<BfdEntry, bool> isAsWanted)
    {
        BfdEntry? seen = null;
        await Scenario.WaitUntilAsync(async () =>
        {
            seen = (await node.Api.ListBfdSessionsAsync(Cancellation)).SingleOrDefault(s => s.RemoteIP == peer);
            return (seen is not null && isAsWanted(seen), $"{node.Host.Name}: {seen}\n{node.Daemon.Tail()}");
        });
        return seen!;
    }

    public static Task<BfdEntry> WaitUpAsync(this Node node, string peer) => node.WaitAsync(peer, static s => s.State == "BFDUp");
}
