using System.Globalization;
using System.Net;
using Loxi.Api.V1;
using Loxi.Api.Wire;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    private const string Bgp = "netlox/v1/config/bgp";
    private const string BgpPeers = "loxi/v1/bgp/peers";

    /// <summary>Reads who the BGP speaker is; null when it is not configured (404 <c>no bgp global config</c>).</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The speaker.</returns>
    public Task<BgpGlobalArguments?> GetBgpGlobalAsync(CancellationToken cancellationToken = default) =>
        OrNullAsync(GetAsync(Bgp + "/global", LoxiJson.BgpGlobalArguments, cancellationToken), ApiErrors.NoBgpGlobal);

    /// <summary>Says who the BGP speaker is.</summary>
    /// <param name="global">The speaker; what is absent stays as it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="global"/> is null.</exception>
    public async Task PutBgpGlobalAsync(BgpGlobalArguments global, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(global);
        using var content = Body(global, LoxiJson.BgpGlobalArguments);
        await SendAsync(HttpMethod.Post, Bgp + "/global", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the BGP speaker: every session is closed. Peers and policies stay configured.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when there was one.</returns>
    public Task<bool> DeleteBgpGlobalAsync(CancellationToken cancellationToken = default) =>
        OrFalseAsync(SendAsync(HttpMethod.Delete, Bgp + "/global", null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoBgpGlobal);

    /// <summary>Lists the BGP peers with their settings.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The peers.</returns>
    public async Task<IReadOnlyList<BgpNeighborEntry>> ListBgpNeighborsAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync(Bgp + "/neigh/all", LoxiJson.BgpNeighborList, cancellationToken).ConfigureAwait(false)).Neighbors ?? [];

    /// <summary>Makes a BGP peer, or changes the one with the same address.</summary>
    /// <param name="neighbor">The peer; what is absent stays as it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when something changed, false when the node has the peer just like this (409 <c>bgp existing neighbor</c>).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="neighbor"/> is null.</exception>
    public async Task<bool> PutBgpNeighborAsync(BgpNeighborArguments neighbor, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(neighbor);
        using var content = Body(neighbor, LoxiJson.BgpNeighborArguments);
        return await OrFalseAsync(SendAsync(HttpMethod.Post, Bgp + "/neigh", content, LoxiJson.ResultBody, cancellationToken), ApiErrors.BgpNeighborExists).ConfigureAwait(false);
    }

    /// <summary>Deletes a BGP peer: its session is closed.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="remoteAs">Its AS, which loxilb wants; null = leave it out.</param>
    /// <param name="interfaceName">The interface, where several peers have the same link-local address; null = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public Task<bool> DeleteBgpNeighborAsync(IPAddress peer, long? remoteAs = null, string? interfaceName = null, CancellationToken cancellationToken = default) => OrFalseAsync(
        SendAsync(
            HttpMethod.Delete,
            $"{Bgp}/neigh/{Unscoped(peer)}{Query(("remoteAs", remoteAs?.ToString(CultureInfo.InvariantCulture)), ("interface", interfaceName))}",
            null,
            LoxiJson.ResultBody,
            cancellationToken),
        ApiErrors.NoBgpNeighbor);

    /// <summary>Lists the defined sets of a kind.</summary>
    /// <param name="kind">The kind: prefix, neighbor, community, extcommunity, largecommunity or aspath.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sets.</returns>
    /// <exception cref="ArgumentException"><paramref name="kind"/> is null or empty.</exception>
    public async Task<IReadOnlyList<BgpDefinedSet>> ListBgpDefinedSetsAsync(string kind, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        return (await GetAsync($"{Bgp}/policy/definedsets/{Uri.EscapeDataString(kind)}/all", LoxiJson.BgpDefinedSetList, cancellationToken).ConfigureAwait(false)).Sets ?? [];
    }

    /// <summary>Makes a defined set, or takes the place of the one of the same name.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="set">The set.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is in force.</returns>
    /// <exception cref="ArgumentException"><paramref name="kind"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="set"/> is null.</exception>
    public async Task PutBgpDefinedSetAsync(string kind, BgpDefinedSet set, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentNullException.ThrowIfNull(set);
        using var content = Body(set, LoxiJson.BgpDefinedSet);
        await SendAsync(HttpMethod.Post, $"{Bgp}/policy/definedsets/{Uri.EscapeDataString(kind)}", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a defined set.</summary>
    /// <param name="kind">The kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none.</returns>
    /// <exception cref="ArgumentException"><paramref name="kind"/> or <paramref name="name"/> is null or empty.</exception>
    public Task<bool> DeleteBgpDefinedSetAsync(string kind, string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        ArgumentException.ThrowIfNullOrEmpty(name);
        return OrFalseAsync(
            SendAsync(HttpMethod.Delete, $"{Bgp}/policy/definedsets/{Uri.EscapeDataString(kind)}/{Uri.EscapeDataString(name)}", null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoBgpDefinedSet);
    }

    /// <summary>Lists the BGP policies.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The policies.</returns>
    public async Task<IReadOnlyList<BgpPolicyDefinition>> ListBgpPoliciesAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync(Bgp + "/policy/definitions/all", LoxiJson.BgpPolicyList, cancellationToken).ConfigureAwait(false)).Policies ?? [];

    /// <summary>Makes a BGP policy, or takes the place of the one of the same name.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="policy"/> is null.</exception>
    public async Task PutBgpPolicyAsync(BgpPolicyDefinition policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        using var content = Body(policy, LoxiJson.BgpPolicyDefinition);
        await SendAsync(HttpMethod.Post, Bgp + "/policy/definitions", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a BGP policy.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public Task<bool> DeleteBgpPolicyAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return OrFalseAsync(SendAsync(HttpMethod.Delete, $"{Bgp}/policy/definitions/{Uri.EscapeDataString(name)}", null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoBgpPolicy);
    }

    /// <summary>Lets routes from or to a peer pass policies, after those that they pass already, or no longer.</summary>
    /// <param name="application">Which ones.</param>
    /// <param name="isRemoval">Whether they are taken away.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="application"/> is null.</exception>
    public async Task ApplyBgpPolicyAsync(BgpPolicyApplication application, bool isRemoval = false, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(application);
        using var content = Body(application, LoxiJson.BgpPolicyApplication);
        await SendAsync(isRemoval ? HttpMethod.Delete : HttpMethod.Post, Bgp + "/policy/apply", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lists the BGP peers with their sessions and counters.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The peers.</returns>
    public async Task<IReadOnlyList<BgpPeer>> ListBgpPeersAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync(BgpPeers, LoxiJson.BgpPeerList, cancellationToken).ConfigureAwait(false)).Peers;

    /// <summary>Reads a BGP peer with its last errors; null when there is none.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="interfaceName">The interface, where several peers have the same link-local address; null = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The peer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public Task<BgpPeer?> GetBgpPeerAsync(IPAddress peer, string? interfaceName = null, CancellationToken cancellationToken = default) =>
        OrNullAsync(GetAsync($"{BgpPeers}/{Unscoped(peer)}{Query(("interface", interfaceName))}", LoxiJson.BgpPeer, cancellationToken), ApiErrors.NoBgpNeighbor);

    /// <summary>Resets a BGP session.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="reset">How.</param>
    /// <param name="interfaceName">The interface, where several peers have the same link-local address; null = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such peer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> or <paramref name="reset"/> is null.</exception>
    public Task<bool> ResetBgpPeerAsync(IPAddress peer, BgpReset reset, string? interfaceName = null, CancellationToken cancellationToken = default) =>
        PostBgpPeerAsync(peer, "reset", reset, interfaceName, cancellationToken);

    /// <summary>Takes a BGP session down and keeps it down, or lets it come up again.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="isDown">Whether it shall be down.</param>
    /// <param name="text">Told to the peer (RFC 9003), at most 255 bytes; null = nothing.</param>
    /// <param name="interfaceName">The interface, where several peers have the same link-local address; null = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such peer.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public Task<bool> ShutDownBgpPeerAsync(IPAddress peer, bool isDown = true, string? text = null, string? interfaceName = null, CancellationToken cancellationToken = default) =>
        PostBgpPeerAsync(peer, isDown ? "shutdown" : "start", new BgpReset { Text = text }, interfaceName, cancellationToken);

    /// <summary>Reads a page of BGP routes.</summary>
    /// <param name="kind">Which: in, rejected, best or out.</param>
    /// <param name="peer">Only of this peer; null = all.</param>
    /// <param name="within">Only prefixes within this one; null = all.</param>
    /// <param name="limit">Most routes, 1 to 100,000. Default: 1,000.</param>
    /// <param name="after"><see cref="BgpRouteList.Next"/> of the page before; null = the first page.</param>
    /// <param name="interfaceName">The interface of a link-local peer; null = none.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The page.</returns>
    /// <exception cref="ArgumentException"><paramref name="kind"/> is null or empty.</exception>
    public Task<BgpRouteList> ListBgpRoutesAsync(
        string kind, IPAddress? peer = null, IPNetwork? within = null, int limit = 1_000, string? after = null, string? interfaceName = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(kind);
        var query = Query(
            ("kind", kind), ("peer", peer is null ? null : Unscoped(peer)), ("interface", interfaceName), ("prefix", within?.ToString()), ("limit", limit.ToString(CultureInfo.InvariantCulture)), ("after", after));
        return GetAsync($"loxi/v1/bgp/routes{query}", LoxiJson.BgpRouteList, cancellationToken);
    }

    /// <summary>Lists the VIP groups with the role of the node in each.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The groups.</returns>
    public async Task<IReadOnlyList<ClusterState>> ListClusterStatesAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync("netlox/v1/config/cistate/all", LoxiJson.ClusterStateList, cancellationToken).ConfigureAwait(false)).Instances ?? [];

    /// <summary>Sets the role of the node in a VIP group.</summary>
    /// <param name="state">Group and role.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when the role is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="state"/> is null.</exception>
    public async Task SetClusterStateAsync(ClusterState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var content = Body(state, LoxiJson.ClusterState);
        await SendAsync(HttpMethod.Post, "netlox/v1/config/cistate", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    private async Task<bool> PostBgpPeerAsync(IPAddress peer, string verb, BgpReset body, string? interfaceName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var content = Body(body, LoxiJson.BgpReset);
        return await OrFalseAsync(
            SendAsync(HttpMethod.Post, $"{BgpPeers}/{Unscoped(peer)}/{verb}{Query(("interface", interfaceName))}", content, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoBgpNeighbor).ConfigureAwait(false);
    }

    /// <summary>A scope is of this host, not of the node.</summary>
    private static string Unscoped(IPAddress peer)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return peer.ToString().Split('%')[0];
    }

    private static string Query(params ReadOnlySpan<(string Name, string? Value)> members)
    {
        var query = "";
        foreach (var (name, value) in members)
        {
            query += value is null ? "" : $"{(query.Length == 0 ? '?' : '&')}{name}={Uri.EscapeDataString(value)}";
        }

        return query;
    }

    private static async Task<bool> OrFalseAsync<T>(Task<T> call, string absence)
    {
        try
        {
            await call.ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (e.Error?.Result == absence)
        {
            return false;
        }
    }

    private static async Task<T?> OrNullAsync<T>(Task<T> call, string absence)
        where T : class
    {
        try
        {
            return await call.ConfigureAwait(false);
        }
        catch (LoxiApiException e) when (e.Error?.Result == absence)
        {
            return null;
        }
    }
}
