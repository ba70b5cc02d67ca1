using System.Globalization;
using System.Net;
using System.Text;
using Loxi.Core.Services;

namespace Loxi.Api.V1;

/// <summary>Which connections are meant: those that match every member that is not null. A filter without members matches all.</summary>
public sealed record ConnectionFilter
{
    /// <summary>The filter that matches every connection.</summary>
    public static ConnectionFilter All { get; } = new();

    /// <summary>The clients; a prefix of full length for one address.</summary>
    public IPNetwork? Client { get; init; }

    /// <summary>The virtual address.</summary>
    public IPAddress? Vip { get; init; }

    /// <summary>The service's port.</summary>
    public ushort? Port { get; init; }

    /// <summary>The endpoint's address.</summary>
    public IPAddress? Endpoint { get; init; }

    /// <summary>The protocol.</summary>
    public ServiceProtocol? Protocol { get; init; }

    /// <summary>The name of the service.</summary>
    public string? Service { get; init; }

    /// <summary>The state, as loxilb names it.</summary>
    public string? State { get; init; }

    /// <summary>Whether no member is set.</summary>
    public bool MatchesAll => this == All;

    /// <summary>The filter as a query: <c>?client=…&amp;vip=…</c>, empty when it matches all.</summary>
    /// <returns>The query, names and values escaped.</returns>
    public string ToQuery()
    {
        var query = new StringBuilder();
        void Add(string name, string? value)
        {
            if (value is not null)
            {
                query.Append(query.Length == 0 ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
            }
        }

        Add("client", Client?.ToString());
        Add("vip", Vip?.ToString());
        Add("port", Port?.ToString(CultureInfo.InvariantCulture));
        Add("endpoint", Endpoint?.ToString());
        Add("protocol", Protocol is { } protocol ? ServiceProtocolNames.NameOf(protocol) : null);
        Add("service", Service);
        Add("state", State);
        return query.ToString();
    }
}
