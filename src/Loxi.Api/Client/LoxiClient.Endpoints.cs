using System.Globalization;
using System.Net;
using Loxi.Api.Wire;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    private const string Endpoint = "netlox/v1/config/endpoint";

    /// <summary>Says how an endpoint is probed, whatever services use it; takes the place of what was said about its address and port before.</summary>
    /// <param name="endpoint">The endpoint.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="endpoint"/> is null.</exception>
    public async Task ConfigureEndpointAsync(EndpointArguments endpoint, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(endpoint);
        using var content = Body(endpoint, LoxiJson.EndpointArguments);
        await SendAsync(HttpMethod.Post, Endpoint, content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Takes back what was said about endpoints of an address. What is not given selects all.</summary>
    /// <param name="address">The address.</param>
    /// <param name="name">The name; null = any.</param>
    /// <param name="probeType">The probe type, e.g. <c>tcp</c>; null = any.</param>
    /// <param name="probePort">The port; 0 = any.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when there was one, false when there was none (404 <c>host-notfound error</c>).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="address"/> is null.</exception>
    public async Task<bool> DeleteEndpointAsync(IPAddress address, string? name = null, string? probeType = null, int probePort = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(address);
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{Endpoint}/epipaddress/{address}?name={Uri.EscapeDataString(name ?? "")}&probe_type={Uri.EscapeDataString(probeType ?? "")}&probe_port={probePort}");
        try
        {
            await SendAsync(HttpMethod.Delete, path, null, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (e.StatusCode == HttpStatusCode.NotFound && e.Error?.Result == ApiErrors.HostNotFound)
        {
            return false;
        }
    }

    /// <summary>Sets the state of an endpoint by hand: <c>red</c> takes it out of the choice, <c>draining</c> leaves it its connections and gives it no new ones, <c>green</c> puts it back to what its probe says.</summary>
    /// <param name="state">The endpoint and its state.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when it is in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="state"/> is null.</exception>
    public async Task SetEndpointStateAsync(EndpointHostState state, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(state);
        using var content = Body(state, LoxiJson.EndpointHostState);
        await SendAsync(HttpMethod.Post, "netlox/v1/config/endpointhoststate", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }
}
