using Loxi.Api.V1;

namespace Loxi.Api.Client;

public sealed partial class LoxiClient
{
    private const string Ha = "loxi/v1/ha";

    /// <summary>Reads who serves the addresses that nodes share, and why.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Groups, other nodes and alarms.</returns>
    public Task<HaStatus> GetHaAsync(CancellationToken cancellationToken = default) => GetAsync(Ha, LoxiJson.HaStatus, cancellationToken);

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

    private Task<bool> SendPinAsync(HttpMethod method, string group, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(group);
        return OrFalseAsync(SendAsync(method, $"{Ha}/groups/{Uri.EscapeDataString(group)}/pin", null, LoxiJson.ResultBody, cancellationToken), ApiErrors.NoGroup);
    }
}
