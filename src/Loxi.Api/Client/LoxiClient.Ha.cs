using System.Globalization;
using Loxi.Api.V1;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    private const string Ha = "loxi/v1/ha";
    private const string HaPeers = Ha + "/peers";
    private const string HaDrainPath = Ha + "/drain";
    private const string HaKeysPath = Ha + "/keys";

    /// <summary>Reads who serves the addresses that nodes share, and why.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Groups, other nodes and alarms.</returns>
    public Task<HaStatus> GetHaAsync(CancellationToken cancellationToken = default) => GetAsync(Ha, LoxiJson.HaStatus, cancellationToken);

    /// <summary>Reads what on the host of the node stands against a failover.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The findings.</returns>
    public Task<HaCheck> CheckHaAsync(CancellationToken cancellationToken = default) => GetAsync(Ha + "/check", LoxiJson.HaCheck, cancellationToken);

    /// <summary>Keeps the node a backup in a VIP group until <see cref="UnpinHaAsync"/>, over restarts too. A master hands the role to another node that is ready.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such group, or the nodes do not decide (404 <c>no-group error</c>).</returns>
    /// <exception cref="ArgumentException"><paramref name="group"/> is null or empty.</exception>
    public Task<bool> PinHaAsync(string group, CancellationToken cancellationToken = default) => SendPinAsync(HttpMethod.Put, group, cancellationToken);

    /// <summary>Lets the node serve a VIP group again. It takes the role from nobody.</summary>
    /// <param name="group">The group.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such group, or the nodes do not decide (404 <c>no-group error</c>).</returns>
    /// <exception cref="ArgumentException"><paramref name="group"/> is null or empty.</exception>
    public Task<bool> UnpinHaAsync(string group, CancellationToken cancellationToken = default) => SendPinAsync(HttpMethod.Delete, group, cancellationToken);

    /// <summary>Moves a VIP group to another node, without loss where connections are kept alike (R8). Ends when the other node serves.</summary>
    /// <param name="group">The group.</param>
    /// <param name="arguments">Where to, and whether connections may be lost.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What became of it.</returns>
    /// <exception cref="ArgumentException"><paramref name="group"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="arguments"/> is null.</exception>
    public async Task<HaMove> SwitchOverHaAsync(string group, HaMoveArguments arguments, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        ArgumentNullException.ThrowIfNull(arguments);
        using var content = Body(arguments, LoxiJson.HaMoveArguments);
        return await SendAsync(HttpMethod.Put, $"{Ha}/groups/{Uri.EscapeDataString(group)}/switchover", content, LoxiJson.HaMove, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Has the node give all its roles away and take none until <see cref="ResumeHaAsync"/>, over restarts too.</summary>
    /// <param name="arguments">Whether connections may be lost.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>What became of its groups.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="arguments"/> is null.</exception>
    public async Task<HaDrain> DrainHaAsync(HaMoveArguments arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        using var content = Body(arguments, LoxiJson.HaMoveArguments);
        return await SendAsync(HttpMethod.Put, HaDrainPath, content, LoxiJson.HaDrain, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Lets the node take roles again. It takes none from anybody; groups that were pinned by hand stay pinned.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>That it is drained no more.</returns>
    public Task<HaDrain> ResumeHaAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, HaDrainPath, null, LoxiJson.HaDrain, cancellationToken);

    /// <summary>Lists the other nodes as they are configured.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The nodes, and where they come from.</returns>
    public Task<HaPeerList> ListHaPeersAsync(CancellationToken cancellationToken = default) => GetAsync(HaPeers, LoxiJson.HaPeerList, cancellationToken);

    /// <summary>Adds another node, or changes the ways to it, without a restart and without a change of role of the others.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="peer">The ways to it.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The node as it is now.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public async Task<HaPeerSettings> PutHaPeerAsync(int node, HaPeerSettings peer, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        using var content = Body(peer, LoxiJson.HaPeerSettings);
        return await SendAsync(HttpMethod.Put, PathOfPeer(node), content, LoxiJson.HaPeerSettings, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes another node away. The last one cannot be: then nobody is left to decide with.</summary>
    /// <param name="node">Its number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>False when there is no such node (404 <c>no-peer error</c>).</returns>
    public Task<bool> DeleteHaPeerAsync(int node, CancellationToken cancellationToken = default) =>
        OrFalseAsync(SendAsync(HttpMethod.Delete, PathOfPeer(node), null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoPeer);

    /// <summary>Forgets what is stored of other nodes: they are those of the node's flags again.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when they are in force.</returns>
    public Task ResetHaPeersAsync(CancellationToken cancellationToken = default) => SendAsync(HttpMethod.Delete, HaPeers, null, LoxiJson.ResultBody, cancellationToken);

    /// <summary>Reads how HELLOs are authenticated.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The mode and the numbers of the keys; no secrets.</returns>
    public Task<HaKeys> GetHaKeysAsync(CancellationToken cancellationToken = default) => GetAsync(HaKeysPath, LoxiJson.HaKeys, cancellationToken);

    /// <summary>Changes how HELLOs are authenticated, without a restart. A node takes secrets over loopback or TLS alone.</summary>
    /// <param name="arguments">What shall be different.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>How it is now.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="arguments"/> is null.</exception>
    public async Task<HaKeys> SetHaKeysAsync(HaKeysArguments arguments, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        using var content = Body(arguments, LoxiJson.HaKeysArguments);
        return await SendAsync(HttpMethod.Put, HaKeysPath, content, LoxiJson.HaKeys, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads sums over the open connections of the node, bucket by bucket, to find where another node has other ones.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sums.</returns>
    public Task<HaConnectionSums> GetHaConnectionSumsAsync(CancellationToken cancellationToken = default) => GetAsync(Ha + "/connections/sums", LoxiJson.HaConnectionSums, cancellationToken);

    /// <summary>Reads the open connections of some buckets.</summary>
    /// <param name="buckets">Numbers and ranges of buckets, at most 256: <c>0-99,4095</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The connections, in no particular order.</returns>
    /// <exception cref="ArgumentException"><paramref name="buckets"/> is null or empty.</exception>
    public Task<HaConnectionList> ListHaConnectionsAsync(string buckets, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(buckets);
        return GetAsync($"{Ha}/connections?bucket={Uri.EscapeDataString(buckets)}", LoxiJson.HaConnectionList, cancellationToken);
    }

    private static string PathOfPeer(int node) => string.Create(CultureInfo.InvariantCulture, $"{HaPeers}/{node}");

    private Task<bool> SendPinAsync(HttpMethod method, string group, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        return OrFalseAsync(SendAsync(method, $"{Ha}/groups/{Uri.EscapeDataString(group)}/pin", null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoGroup);
    }
}
