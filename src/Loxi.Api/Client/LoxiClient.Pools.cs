using System.Net;
using Loxi.Api.V1;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    private const string Pools = "loxi/v1/pools";

    /// <summary>Lists the source pools.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The pools.</returns>
    public async Task<IReadOnlyList<Pool>> ListPoolsAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync(Pools, LoxiJson.PoolList, cancellationToken).ConfigureAwait(false)).Pools;

    /// <summary>Reads a source pool.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The pool; null when there is none (404 <c>no-pool error</c>).</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public async Task<Pool?> GetPoolAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            return await GetAsync(PathOfPool(name), LoxiJson.Pool, cancellationToken).ConfigureAwait(false);
        }
        catch (LoxiApiException e) when (IsNoPool(e))
        {
            return null;
        }
    }

    /// <summary>Creates a source pool, or takes the place of the one of the same name. Connections that are there keep their source.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="pool">The pool.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The pool as it is now.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    /// <exception cref="ArgumentNullException"><paramref name="pool"/> is null.</exception>
    public async Task<Pool> PutPoolAsync(string name, Pool pool, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(pool);
        using var content = Body(pool, LoxiJson.Pool);
        return await SendAsync(HttpMethod.Put, PathOfPool(name), content, LoxiJson.Pool, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Deletes a source pool that no service uses.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none (404 <c>no-pool error</c>).</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public async Task<bool> DeletePoolAsync(string name, CancellationToken cancellationToken = default)
    {
        try
        {
            await SendAsync(HttpMethod.Delete, PathOfPool(name), null, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (IsNoPool(e))
        {
            return false;
        }
    }

    private static string PathOfPool(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return $"{Pools}/{Uri.EscapeDataString(name)}";
    }

    private static bool IsNoPool(LoxiApiException e) => e.StatusCode == HttpStatusCode.NotFound && e.Error?.Result == ApiErrors.NoPool;
}
