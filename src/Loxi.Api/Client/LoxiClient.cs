using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Loxi.Api.V1;
using Loxi.Api.Wire;
using Loxi.Core.Services;

namespace Loxi.Api.Client;

/// <summary>
/// The REST API of a node, typed. Every method throws <see cref="LoxiApiException"/> when the node answers with an error,
/// <see cref="HttpRequestException"/> when it cannot be reached and <see cref="OperationCanceledException"/> when cancelled or timed out.
/// Retries are the caller's. Thread-safe.
/// </summary>
/// <param name="http">The client to use; its <see cref="HttpClient.BaseAddress"/> must be the node's, e.g. <c>http://127.0.0.1:11111/</c>. Not disposed.</param>
/// <param name="token">The value of the <c>Authorization</c> header, sent as it is; null = no header.</param>
public sealed partial class LoxiClient(HttpClient http, string? token = null)
{
    /// <summary>The port of the API when none is configured.</summary>
    public const int DefaultPort = 11111;

    private const string LoadBalancer = "netlox/v1/config/loadbalancer";
    private readonly HttpClient _http = http ?? throw new ArgumentNullException(nameof(http));

    /// <summary>Lists the services with the state and counters of their endpoints.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The services.</returns>
    public async Task<IReadOnlyList<LoadbalanceEntry>> ListServicesAsync(CancellationToken cancellationToken = default)
    {
        var list = await GetAsync(LoadBalancer + "/all", LoxiJson.LoadbalanceList, cancellationToken).ConfigureAwait(false);
        return [.. (list.Services ?? []).OfType<LoadbalanceEntry>()];
    }

    /// <summary>Creates a service, or replaces the endpoints and settings of the one with the same key.</summary>
    /// <param name="entry">The service.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when something changed, false when the node has exactly this service already (409 <c>lbrule-exists error</c>).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="entry"/> is null.</exception>
    public async Task<bool> CreateOrReplaceServiceAsync(LoadbalanceEntry entry, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(entry);
        using var content = Body(entry, LoxiJson.LoadbalanceEntry);
        try
        {
            await SendAsync(HttpMethod.Post, LoadBalancer, content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (e.StatusCode == HttpStatusCode.Conflict && e.Error?.Result == ApiErrors.RuleExists)
        {
            return false;
        }
    }

    /// <summary>Deletes a service.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>True when it was deleted, false when there was none (404 <c>no-rule error</c>).</returns>
    /// <exception cref="ArgumentNullException"><paramref name="key"/> is null.</exception>
    public async Task<bool> DeleteServiceAsync(ServiceKey key, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(key);
        var host = key.Host.Length == 0 ? "any" : Uri.EscapeDataString(key.Host);
        var portMax = key.PortMax == key.Port ? 0 : key.PortMax;
        var path = string.Create(
            CultureInfo.InvariantCulture,
            $"{LoadBalancer}/hosturl/{host}/externalipaddress/{key.Vip}/port/{key.Port}/portmax/{portMax}/protocol/{ServiceProtocolNames.NameOf(key.Protocol)}?bgp=false&block={key.Block}");
        try
        {
            await SendAsync(HttpMethod.Delete, path, null, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (LoxiApiException e) when (e.StatusCode == HttpStatusCode.NotFound && e.Error?.Result == ApiErrors.NoRule)
        {
            return false;
        }
    }

    /// <summary>Deletes every service of this name. Not an error when there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when they are gone.</returns>
    /// <exception cref="ArgumentException"><paramref name="name"/> is null or empty.</exception>
    public Task DeleteServicesByNameAsync(string name, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return SendAsync(HttpMethod.Delete, $"{LoadBalancer}/name/{Uri.EscapeDataString(name)}", null, LoxiJson.ResultBody, cancellationToken);
    }

    /// <summary>Deletes every service.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when they are gone.</returns>
    public Task DeleteAllServicesAsync(CancellationToken cancellationToken = default) =>
        SendAsync(HttpMethod.Delete, LoadBalancer + "/all", null, LoxiJson.ResultBody, cancellationToken);

    /// <summary>Lists the connection table as loxilb shows it: two entries per connection, one with direct server return.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The entries.</returns>
    public async Task<IReadOnlyList<ConntrackEntry>> ListConntrackAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync("netlox/v1/config/conntrack/all", LoxiJson.ConntrackList, cancellationToken).ConfigureAwait(false)).Entries ?? [];

    /// <summary>Lists the endpoints that services use and those that were configured, with their health.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The endpoints.</returns>
    public async Task<IReadOnlyList<EndpointEntry>> ListEndpointsAsync(CancellationToken cancellationToken = default) =>
        (await GetAsync("netlox/v1/config/endpoint/all", LoxiJson.EndpointList, cancellationToken).ConfigureAwait(false)).Endpoints ?? [];

    /// <summary>Reads the version of the node.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The version.</returns>
    public Task<VersionInfo> GetVersionAsync(CancellationToken cancellationToken = default) =>
        GetAsync("netlox/v1/version", LoxiJson.VersionInfo, cancellationToken);

    /// <summary>Reads the parameters that can change while the node runs.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The parameters.</returns>
    public Task<NodeParameters> GetParametersAsync(CancellationToken cancellationToken = default) =>
        GetAsync("netlox/v1/config/params", LoxiJson.NodeParameters, cancellationToken);

    /// <summary>Changes the parameters that are not null.</summary>
    /// <param name="parameters">The parameters.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>A task that ends when they are in force.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="parameters"/> is null.</exception>
    public async Task SetParametersAsync(NodeParameters parameters, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        using var content = Body(parameters, LoxiJson.NodeParameters);
        await SendAsync(HttpMethod.Post, "netlox/v1/config/params", content, LoxiJson.ResultBody, cancellationToken).ConfigureAwait(false);
    }

    private static ByteArrayContent Body<T>(T value, JsonTypeInfo<T> type)
    {
        var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(value, type));
        content.Headers.ContentType = new MediaTypeHeaderValue(LoxiJson.MediaType);
        return content;
    }

    private Task<T> GetAsync<T>(string path, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class => SendAsync(HttpMethod.Get, path, null, type, cancellationToken);

    private async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        using var request = new HttpRequestMessage(method, new Uri(path, UriKind.Relative)) { Content = content };
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("Authorization", token);
        }

        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK)
        {
            throw await ErrorOfAsync(request, response, cancellationToken).ConfigureAwait(false);
        }

        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                return await JsonSerializer.DeserializeAsync(stream, type, cancellationToken).ConfigureAwait(false)
                    ?? throw new LoxiApiException($"{method} {request.RequestUri}: the answer is null, expected {typeof(T).Name}.");
            }
            catch (JsonException e)
            {
                throw new LoxiApiException($"{method} {request.RequestUri}: the answer is not the expected JSON: {e.Message}", e);
            }
        }
    }

    private static async Task<LoxiApiException> ErrorOfAsync(HttpRequestMessage request, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        const int LongestText = 512;
        var bytes = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        ErrorBody? error = null;
        try
        {
            error = JsonSerializer.Deserialize(bytes, LoxiJson.ErrorBody);
        }
        catch (JsonException)
        {
            // Not JSON: a proxy, or the plain text of the source check. The text itself says what is wrong.
        }

        var text = error?.Result ?? error?.Message ?? Encoding.UTF8.GetString(bytes.AsSpan(0, Math.Min(bytes.Length, LongestText))).Trim();
        return new LoxiApiException(response.StatusCode, error, $"{request.Method} {request.RequestUri}: {(int)response.StatusCode} {text}");
    }
}
