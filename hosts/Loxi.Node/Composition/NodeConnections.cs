using System.Runtime.CompilerServices;
using Loxi.Api.V1;
using Loxi.Core.Connections;
using Loxi.Core.Services;
using Loxi.Nat;
using Loxi.Nat.Connections;
using Loxi.Node.Rest;
using Connection = Loxi.Nat.Connections.Connection;

namespace Loxi.Node.Composition;

/// <summary>The balancer's connections as the REST API shows them.</summary>
internal sealed class NodeConnections(NatBalancer balancer) : INodeConnections
{
    public async IAsyncEnumerable<NodeConnection> ListAsync(ConnectionFilter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // The table is read by system calls that do not wait; the yield keeps a long list from holding the request's thread.
        await Task.Yield();
        foreach (var connection in balancer.Connections.Read())
        {
            cancellationToken.ThrowIfCancellationRequested();
            var shown = Show(connection);
            if (ConnectionMatcher.Matches(filter, shown))
            {
                yield return shown;
            }
        }
    }

    public Task<long> CountAsync(ConnectionFilter filter, CancellationToken cancellationToken) =>
        Task.Run(() => balancer.Connections.Read().LongCount(c => filter.MatchesAll || ConnectionMatcher.Matches(filter, Show(c))), cancellationToken);

    public Task<long> DeleteAsync(ConnectionFilter filter, CancellationToken cancellationToken) =>
        Task.Run(() => balancer.Connections.Delete(c => ConnectionMatcher.Matches(filter, Show(c))), cancellationToken);

    private static NodeConnection Show(Connection connection) => new()
    {
        Protocol = connection.Protocol,
        Client = connection.Client,
        ClientPort = connection.ClientPort,
        Vip = connection.Vip,
        VipPort = connection.VipPort,
        Endpoint = connection.Endpoint,
        EndpointPort = connection.EndpointPort,
        Mode = connection.Mode,
        Source = connection.Source,
        RewrittenClientPort = connection.RewrittenClientPort,
        State = NameOf(connection.Protocol, connection.State),
        Service = connection.ServiceName,
        Idle = connection.Idle,
        PacketsToEndpoint = connection.PacketsToEndpoint,
        BytesToEndpoint = connection.BytesToEndpoint,
        PacketsToClient = connection.PacketsToClient,
        BytesToClient = connection.BytesToClient,
    };

    /// <summary>The names that loxilb has for the states.</summary>
    internal static string NameOf(ServiceProtocol protocol, ConnectionState state) => state switch
    {
        ConnectionState.Closing when protocol == ServiceProtocol.Sctp => "shut-complete",
        ConnectionState.Reset when protocol == ServiceProtocol.Sctp => "abort",
        ConnectionState.Init => "init",
        ConnectionState.InitAck => "init-ack",
        ConnectionState.Cookie => "cookie-echo",
        ConnectionState.Shutdown => "shut",
        ConnectionState.SynSent => "sync-sent",
        ConnectionState.SynReceived => "sync-ack",
        ConnectionState.Established => "est",
        ConnectionState.HalfClosed => "h/e",
        ConnectionState.Closing => "fini",
        ConnectionState.Reset => "closed-wait",
        ConnectionState.OneWay => protocol == ServiceProtocol.Icmp ? "req-sent" : "udp-uni",
        ConnectionState.TwoWay => protocol == ServiceProtocol.Icmp ? "bidir" : "udp-est",
        _ => "closed",
    };
}
