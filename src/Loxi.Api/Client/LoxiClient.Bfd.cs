using System.Net;
using Loxi.Api.Wire;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    private const string Bfd = "netlox/v1/config/bfd";

    /// <summary>Lists the BFD sessions with their state and history. None on a node that never had one (500 <c>bfd session not running</c>).</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The sessions.</returns>
    public async Task<IReadOnlyList<BfdEntry>> ListBfdSessionsAsync(CancellationToken cancellationToken = default)
    {
        try
        {
            return (await GetAsync(Bfd + "/all", LoxiJson.BfdList, cancellationToken).ConfigureAwait(false)).Sessions ?? [];
        }
        catch (LoxiApiException e) when (e.Error?.Result == ApiErrors.BfdNotRunning)
        {
            return [];
        }
    }

    /// <summary>Makes a BFD session, or changes the one with the same peer without a flap.</summary>
    /// <param name="session">The session; what is absent stays as it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when something changed, false when the node has the session just like this (409 <c>bfd existing session</c>).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="session"/> is null.</exception>
    public async Task<bool> PutBfdSessionAsync(BfdArguments session, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(session);
        using var content = Body(session, LoxiJson.BfdArguments);
        try
        {
            await SendAsync(HttpMethod.Post, Bfd, content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (e.StatusCode == HttpStatusCode.Conflict && e.Error?.Result == ApiErrors.BfdExists)
        {
            return false;
        }
    }

    /// <summary>Deletes a BFD session: the peer is told that it is administratively down.</summary>
    /// <param name="peer">The peer.</param>
    /// <param name="instance">The VIP group; null = <c>llb-inst0</c>.</param>
    /// <param name="interfaceName">The interface, where several sessions have the same link-local peer; null = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="peer"/> is null.</exception>
    public async Task<bool> DeleteBfdSessionAsync(IPAddress peer, string? instance = null, string? interfaceName = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(peer);
        // A scope is of this host, not of the node.
        var path = $"{Bfd}/remoteIP/{peer.ToString().Split('%')[0]}?instance={Uri.EscapeDataString(instance ?? "")}";
        if (interfaceName is not null)
        {
            path += $"&interface={Uri.EscapeDataString(interfaceName)}";
        }

        try
        {
            await SendAsync(HttpMethod.Delete, path, null, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (e.Error?.Result is ApiErrors.NoBfdSession or ApiErrors.BfdNotRunning)
        {
            return false;
        }
    }
}
