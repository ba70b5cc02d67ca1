using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp;
using Loxi.Linux.Namespaces;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>Our speaker on a host, what it is told and what it says.</summary>
internal sealed class OurRouter : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly NetworkNamespace _namespace;

    public OurRouter(LabHost host, BgpConfiguration configuration)
    {
        Host = host;
        Configuration = configuration;
        _namespace = NetworkNamespace.OpenPath(host.NamespacePath);
        Speaker = NewSpeaker();
    }

    public LabHost Host { get; }

    public BgpSpeaker Speaker { get; private set; }

    /// <summary>What it is told to be; in force from <see cref="StartAsync"/> on.</summary>
    public BgpConfiguration Configuration { get; set; }

    public Task StartAsync() => Speaker.ApplyAsync(Configuration);

    /// <summary>Changes the settings of all peers.</summary>
    public Task ChangePeersAsync(Func<BgpPeerSettings, BgpPeerSettings> change, string text = "")
    {
        Configuration = Configuration with { Peers = [.. Configuration.Peers.Select(change)] };
        return Speaker.ApplyAsync(Configuration, text);
    }

    public Task ApplyAsync(Func<BgpConfiguration, BgpConfiguration> change)
    {
        Configuration = change(Configuration);
        return Speaker.ApplyAsync(Configuration);
    }

    public Task AnnounceAsync(params BgpAdvertisement[] advertisements) => Speaker.SetAdvertisementsAsync(advertisements);

    /// <summary>Puts another speaker in the place of the first, as a new process would be; the first has ended with Cease.</summary>
    public async Task RestartAsync()
    {
        await Speaker.DisposeAsync();
        Speaker = NewSpeaker();
        await StartAsync();
    }

    /// <summary>What it says of a peer; null when it knows none of the address.</summary>
    public BgpPeerReport? ReadPeer(IPAddress address) => Speaker.ReadPeers().FirstOrDefault(peer => peer.Key.Address.Equals(address));

    public ImmutableArray<BgpRoute> ReadRoutes(BgpRouteKind kind, IPNetwork prefix, IPAddress? peer = null)
    {
        var key = peer is null ? null : Speaker.ReadPeers().Single(known => known.Key.Address.Equals(peer)).Key;
        var page = Speaker.ReadRoutes(new BgpRouteQuery(kind) { Within = prefix, Peer = key });
        return page.Routes;
    }

    public async Task<BgpPeerReport> WaitForPeerAsync(IPAddress address, Func<BgpPeerReport, bool> wanted, string what)
        => (await WaitUntilAsync(() => ReadPeer(address), report => report is not null && wanted(report), $"{address} {what}", Show))!;

    public Task<BgpPeerReport> WaitForEstablishedAsync(IPAddress address) => WaitForPeerAsync(address, static report => report.State == BgpState.Established, "Established");

    public Task<BgpPeerReport> WaitForDownAsync(IPAddress address) => WaitForPeerAsync(address, static report => report.State != BgpState.Established, "not Established");

    public Task<ImmutableArray<BgpRoute>> WaitForRoutesAsync(IPNetwork prefix, Func<ImmutableArray<BgpRoute>, bool> wanted, string what, BgpRouteKind kind = BgpRouteKind.Received)
        => WaitUntilAsync(() => ReadRoutes(kind, prefix), wanted, $"{kind} {prefix}: {what}", static routes => string.Join('\n', routes));

    /// <summary>Waits for one route of a prefix that a peer has sent, and no second.</summary>
    public async Task<BgpRoute> WaitForRouteAsync(IPNetwork prefix) => (await WaitForRoutesAsync(prefix, static routes => routes.Length == 1, "one route"))[0];

    public Task WaitForNoRouteAsync(IPNetwork prefix) => WaitForRoutesAsync(prefix, static routes => routes.IsEmpty, "no route");

    public async ValueTask DisposeAsync()
    {
        await Speaker.DisposeAsync();
        _namespace.Dispose();
    }

    private static string Show(BgpPeerReport? report) => report is null
        ? "no such peer"
        : $"{report.State} since {report.InState}, last end {report.LastEnd}, held {report.Held}, {report.Session}, {string.Join(' ', report.Families)}, {report.Counters}";

    private static async Task<T> WaitUntilAsync<T>(Func<T> read, Func<T, bool> wanted, string what, Func<T, string>? show = null)
    {
        using var timer = new PeriodicTimer(Pause);
        var start = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var value = read();
            if (wanted(value))
            {
                return value;
            }

            if (TimeProvider.System.GetElapsedTime(start) > Limit)
            {
                throw new TimeoutException($"Ours is not in time: {what}. It is: {show?.Invoke(value) ?? $"{value}"}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    private BgpSpeaker NewSpeaker() => new(new BgpSpeakerOptions { NetworkNamespace = _namespace });
}
