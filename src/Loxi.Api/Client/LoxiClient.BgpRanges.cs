using System.Net;
using Loxi.Api.Wire;

namespace Loxi.Api.Client;

// Dynamic neighbours.
public sealed partial class LoxiClient
{
    private const string BgpRanges = Bgp + "/dynamicneigh";

    /// <summary>Lists the prefixes from which BGP peers may connect without being listed.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The entries.</returns>
    public async Task<IReadOnlyList<BgpDynamicNeighborEntry>> ListBgpDynamicNeighborsAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync(BgpRanges + "/all", LoxiJson.BgpDynamicNeighborList, cancellationToken).ConfigureAwait(false)).Neighbors ?? [];

    /// <summary>Lets BGP peers of a prefix connect without being listed, or changes the entry of the same prefix.</summary>
    /// <param name="neighbors">The entry; what is absent stays as it is.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when something changed, false when the node has it just like this (409 <c>bgp existing neighbor</c>).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="neighbors"/> is null.</exception>
    public async Task<bool> PutBgpDynamicNeighborsAsync(BgpDynamicNeighborArguments neighbors, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(neighbors);
        using var content = Body(neighbors, LoxiJson.BgpDynamicNeighborArguments);
        return await OrFalseAsync(SendAsync(HttpMethod.Post, BgpRanges, content, LoxiJson.ResultBody, cancellationToken), ApiErrors.BgpNeighborExists).ConfigureAwait(false);
    }

    /// <summary>Takes a prefix away: the sessions of the peers that came from there are closed.</summary>
    /// <param name="prefix">The prefix.</param>
    /// <param name="interfaceName">The interface, where several have the same link-local prefix; null = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none.</returns>
    public Task<bool> DeleteBgpDynamicNeighborsAsync(IPNetwork prefix, string? interfaceName = null, CancellationToken cancellationToken = default) => OrFalseAsync(
        SendAsync(HttpMethod.Delete, $"{BgpRanges}/{prefix}{Query(("interface", interfaceName))}", null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoBgpDynamicNeighbor);
}
