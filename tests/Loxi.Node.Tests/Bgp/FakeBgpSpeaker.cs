using System.Collections.Immutable;
using System.Net;
using Loxi.Bgp;
using Loxi.Core;
using Loxi.Core.Services;
using Loxi.Node.Bgp;

namespace Loxi.Node.Tests.Bgp;

/// <summary>Keeps what it is told, all or nothing, and has the sessions that a test gives it.</summary>
internal sealed class FakeBgpSpeaker : INodeBgpSpeaker
{
    /// <summary>What was done, in order: <c>apply</c>, <c>advertise</c>, <c>reset</c>, <c>flush</c>, <c>stop</c>.</summary>
    public List<string> Calls { get; } = [];

    /// <summary>What changed of the announcements: <c>+192.0.2.1/32 -192.0.2.2/32</c>.</summary>
    public List<string> Changes { get; } = [];

    public BgpConfiguration? Configuration { get; private set; }

    public ImmutableArray<BgpAdvertisement> Advertisements { get; private set; } = [];

    /// <summary>How peers fare; those without an entry wait for a connection.</summary>
    public Dictionary<string, Func<BgpPeerReport, BgpPeerReport>> Sessions { get; } = [];

    public Dictionary<string, BgpPeerErrors> Errors { get; } = [];

    /// <summary>The routes, and what was asked for.</summary>
    public List<BgpRoute> Routes { get; } = [];

    public List<BgpRouteQuery> Queries { get; } = [];

    public bool IsPortTaken { get; set; }

    /// <summary>What else is wrong with every configuration.</summary>
    public Problem? Refusal { get; set; }

    /// <summary>How often announcing fails from now on.</summary>
    public int Failures { get; set; }

    /// <summary>Raised when the announcements have changed.</summary>
    public SemaphoreSlim Announced { get; } = new(0);

    public void AnnounceRestart() => Calls.Add("restart");

    public Task ApplyAsync(BgpConfiguration? configuration, string text = "")
    {
        if (IsPortTaken && configuration is not null)
        {
            throw new InvalidBgpConfigurationException([Problem.Of("speaker.listenPort", configuration.Speaker.ListenPort, "a port that no other program has")]);
        }

        if (Refusal is { } refusal)
        {
            throw new InvalidBgpConfigurationException([refusal]);
        }

        Configuration = configuration;
        Calls.Add(configuration is null ? "apply nothing" : $"apply {configuration.Speaker.LocalAs} {string.Join(' ', configuration.Peers.Select(static p => $"{p.Address}/{p.RemoteAs}"))}{(text.Length == 0 ? "" : $" \"{text}\"")}");
        return Task.CompletedTask;
    }

    public Task ChangeAdvertisementsAsync(IReadOnlyList<BgpAdvertisement> announced, IReadOnlyList<IPNetwork> withdrawn)
    {
        if (Failures > 0)
        {
            Failures--;
            throw new IOException("no room");
        }

        Changes.Add($"{string.Join(' ', announced.Select(static a => "+" + a.Prefix))} {string.Join(' ', withdrawn.Select(static p => "-" + p))}".Trim());
        Advertisements = [.. Advertisements.Where(a => !withdrawn.Contains(a.Prefix) && !announced.Any(other => other.Prefix.Equals(a.Prefix))).Concat(announced).OrderBy(static a => a.Prefix.BaseAddress, Comparer<IPAddress>.Create(AddressOrder.Compare))];
        Calls.Add("advertise " + string.Join(' ', Advertisements.Select(TextOf)));
        Announced.Release();
        return Task.CompletedTask;
    }

    public Task<ImmutableArray<BgpPeerReport>> ReadPeersAsync() => Task.FromResult<ImmutableArray<BgpPeerReport>>(
    [
        .. (Configuration?.Peers ?? []).Select(peer =>
        {
            var report = new BgpPeerReport(BgpPeerKey.Of(peer), peer, BgpState.Active);
            return Sessions.TryGetValue(report.Key.ToString(), out var change) ? change(report) : report;
        }),
    ]);

    public Task<BgpPeerErrors?> ReadErrorsAsync(BgpPeerKey peer) => Task.FromResult(Errors.GetValueOrDefault(peer.ToString()));

    public Task<BgpRoutePage> ReadRoutesAsync(BgpRouteQuery query)
    {
        Queries.Add(query);
        var start = query.After is null ? 0 : int.Parse(query.After, System.Globalization.CultureInfo.InvariantCulture);
        var end = Math.Min(start + query.Limit, Routes.Count);
        return Task.FromResult(new BgpRoutePage([.. Routes[start..end]], end == Routes.Count ? null : $"{end}"));
    }

    public async Task<bool> ResetAsync(BgpPeerKey peer, BgpResetKind kind, string text = "")
    {
        Calls.Add($"reset {peer} {kind} \"{text}\"");
        return (await ReadPeersAsync()).Any(p => p.Key == peer);
    }

    public Task<bool> FlushAsync(TimeSpan limit)
    {
        Calls.Add("flush");
        return Task.FromResult(true);
    }

    public ValueTask StopAsync(string text)
    {
        Calls.Add($"stop \"{text}\"");
        Configuration = null;
        return ValueTask.CompletedTask;
    }

    public ValueTask StopForRestartAsync(string text)
    {
        Calls.Add($"restart \"{text}\"");
        Configuration = null;
        return ValueTask.CompletedTask;
    }

    /// <summary>For example <c>192.0.2.1/32 med 10 pref 5000 prepend 1 65535:0</c>.</summary>
    public static string TextOf(BgpAdvertisement a) =>
        $"{a.Prefix} med {a.Med} pref {a.LocalPreference}{(a.Prepend == 0 ? "" : $" prepend {a.Prepend}")}{string.Concat(a.Communities.Select(static c => " " + BgpCommunityText.Of(c)))}";
}
