using System.Net;
using Loxi.Bgp;
using Loxi.TestKit.Peers;
using Loxi.TestKit.Topology;

namespace Loxi.Interop.RootTests.Bgp;

/// <summary>The BGP of a daemon.</summary>
internal abstract class BgpPeer
{
    protected static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    public abstract RoutingPeer Daemon { get; }

    /// <summary>What the daemon was told to be.</summary>
    protected RouterSettings Settings { get; private set; } = new(0, IPAddress.Any);

    public static BgpPeer On(LabHost host, BgpDaemon kind) => kind switch
    {
        BgpDaemon.Frr => new FrrBgp(host),
        BgpDaemon.Bird => new BirdBgp(host),
        _ => new GoBgp(host),
    };

    /// <summary>Sets what it shall be at the next start.</summary>
    public void Configure(RouterSettings settings)
    {
        Settings = settings;
        Write();
    }

    /// <summary>Starts the daemon, with its routes.</summary>
    public abstract Task StartAsync();

    /// <summary>Kills the daemon and starts it again, as one that restarts (RFC 4724 4.1).</summary>
    public abstract Task RestartAsync();

    /// <summary>Announces a route, or announces it with other attributes.</summary>
    public void Announce(PeerRoute route)
    {
        Settings = Settings with { Routes = [.. Settings.Routes.Where(known => known.Prefix != route.Prefix), route] };
        Write();
        AnnounceNow(route);
    }

    public void Withdraw(IPNetwork prefix)
    {
        var route = Settings.Routes.Single(known => known.Prefix == prefix);
        Settings = Settings with { Routes = Settings.Routes.Remove(route) };
        Write();
        WithdrawNow(route);
    }

    /// <summary>Takes a session down by the administrator, with words for the neighbour (RFC 9003), or releases it.</summary>
    public abstract void SetAdministrativelyDown(IPAddress neighbour, bool down, string text = "");

    /// <summary>Asks a neighbour for its routes once more (RFC 2918).</summary>
    public abstract void RequestRefresh(IPAddress neighbour);

    /// <summary>What the daemon says of a session; null when it does not know one.</summary>
    public abstract PeerSessionView? ReadSession(IPAddress neighbour);

    /// <summary>All paths of a family that it has, its own too.</summary>
    public abstract IReadOnlyList<PeerPath> ReadPaths(BgpFamily family);

    /// <summary>Paths of a prefix, best first.</summary>
    public IReadOnlyList<PeerPath> ReadPaths(IPNetwork prefix)
        => [.. ReadPaths(new PeerRoute(prefix).Family).Where(path => path.Prefix == prefix).OrderByDescending(static path => path.IsBest)];

    /// <summary>Routes that it has put into the kernel.</summary>
    public IReadOnlyList<KernelRoute> ReadKernelRoutes() => KernelRoute.ReadAll(Daemon.Host);

    /// <summary>Waits for a line of the daemon's log by which it tells of a Cease that came (RFC 4486), with the given words (RFC 9003).</summary>
    public Task WaitForCeaseAsync(byte subcode, string text = "")
    {
        var words = CeaseWords(subcode);
        return Daemon.Running[^1].WaitForLineAsync(
            line => words.All(word => line.Contains(word, StringComparison.OrdinalIgnoreCase)) && line.Contains(text, StringComparison.Ordinal),
            $"Cease {subcode} {text}");
    }

    public Task<PeerSessionView> WaitForEstablishedAsync(IPAddress neighbour)
        => WaitUntilAsync(() => ReadSession(neighbour), static view => view is { IsEstablished: true }, $"session with {neighbour} established")!;

    public Task<PeerSessionView?> WaitForDownAsync(IPAddress neighbour)
        => WaitUntilAsync(() => ReadSession(neighbour), static view => view is not { IsEstablished: true }, $"session with {neighbour} down");

    /// <summary>Asks until the paths of a prefix are as wanted.</summary>
    public Task<IReadOnlyList<PeerPath>> WaitForPathsAsync(IPNetwork prefix, Func<IReadOnlyList<PeerPath>, bool> wanted, string what)
        => WaitUntilAsync(() => ReadPaths(prefix), wanted, $"{prefix}: {what}", static paths => string.Join('\n', paths));

    /// <summary>Waits for one path of a prefix, and no second.</summary>
    public async Task<PeerPath> WaitForPathAsync(IPNetwork prefix) => (await WaitForPathsAsync(prefix, static paths => paths.Count == 1, "one path"))[0];

    public Task WaitForNoPathAsync(IPNetwork prefix) => WaitForPathsAsync(prefix, static paths => paths.Count == 0, "no path");

    /// <summary>Waits until the kernel sends a prefix to these gateways and to no other; none: it has no route.</summary>
    public Task WaitForKernelRouteAsync(IPNetwork prefix, params IPAddress[] gateways) => WaitUntilAsync(
        () => ReadKernelRoutes().Where(route => route.Prefix == prefix).SelectMany(static route => route.Gateways).ToHashSet(),
        found => found.SetEquals(gateways),
        $"kernel route {prefix} via {string.Join(", ", gateways.AsEnumerable())}",
        static found => string.Join(", ", found));

    /// <summary>Reads until the value is as wanted.</summary>
    public async Task<T> WaitUntilAsync<T>(Func<T> read, Func<T, bool> wanted, string what, Func<T, string>? show = null)
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
                var lines = string.Join('\n', Daemon.Running.Select(static process => process.Tail(15)));
                throw new TimeoutException($"{Daemon.Host.Name}: not in time: {what}. It is: {show?.Invoke(value) ?? $"{value}"}\nThe daemon's last lines:\n{lines}");
            }

            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>What is in the line of the log by which it tells of a Cease.</summary>
    protected abstract IReadOnlyList<string> CeaseWords(byte subcode);

    /// <summary>Writes the settings for the next start.</summary>
    protected abstract void Write();

    protected abstract void AnnounceNow(PeerRoute route);

    protected abstract void WithdrawNow(PeerRoute route);
}
