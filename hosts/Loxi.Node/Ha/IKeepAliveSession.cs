using Loxi.Node.Options;

namespace Loxi.Node.Ha;

/// <summary>The BFD session of <c>--ka</c>, which follows the nodes that decide.</summary>
internal interface IKeepAliveSession
{
    /// <summary>Makes the session, or takes it away; that of a person with the same peer stays as it is. One that cannot be had yet waits for its address or interface.</summary>
    /// <param name="keepAlive">The session; null for none.</param>
    Task SetKeepAliveAsync(KeepAlive? keepAlive);
}
