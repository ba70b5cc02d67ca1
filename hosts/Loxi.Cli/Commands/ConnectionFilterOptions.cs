using System.CommandLine;
using System.Net;
using System.Net.Sockets;
using Loxi.Api.Mapping;
using Loxi.Api.V1;
using Loxi.Cli.Arguments;
using Loxi.Core.Services;

namespace Loxi.Cli.Commands;

/// <summary>Which connections a command is about.</summary>
internal sealed class ConnectionFilterOptions
{
    private readonly Option<IPAddress?> _vip = OptionFactory.Address("--vip", "Only to this virtual address.");
    private readonly Option<long?> _port = OptionFactory.Number("--port", "port", "Only to this port of a service.", 1, ushort.MaxValue);
    private readonly Option<IPNetwork?> _client = OptionFactory.Single<IPNetwork?>("--client", "address|prefix", "Only of this client or of clients in this prefix.", "an address or " + PrefixText.Expected, ReadClient);
    private readonly Option<IPAddress?> _endpoint = OptionFactory.Address("--endpoint", "Only at this endpoint.");
    private readonly Option<ServiceProtocol?> _protocol = OptionFactory.Single<ServiceProtocol?>("--protocol", "tcp|udp|sctp|icmp", "Only of this protocol.", "one of tcp, udp, sctp, icmp", ReadProtocol);
    private readonly Option<string?> _service = OptionFactory.Text("--service", "name", "Only of the service of this name.", "--servName");
    private readonly Option<string?> _state = OptionFactory.Text("--state", "state", "Only in this state, e.g. est.");

    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_vip, _port, _client, _endpoint, _protocol, _service, _state])
        {
            command.Add(option);
        }
    }

    public ConnectionFilter Read(ParseResult parse) => new()
    {
        Vip = parse.GetValue(_vip),
        Port = (ushort?)parse.GetValue(_port),
        Client = parse.GetValue(_client),
        Endpoint = parse.GetValue(_endpoint),
        Protocol = parse.GetValue(_protocol),
        Service = parse.GetValue(_service),
        State = parse.GetValue(_state),
    };

    private static bool ReadClient(string text, out IPNetwork? value)
    {
        value = null;
        if (OptionFactory.ReadAddress(text, out var address))
        {
            value = new IPNetwork(address!, address!.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        }
        else if (PrefixText.TryParse(text, out var prefix))
        {
            value = prefix;
        }

        return value is not null;
    }

    private static bool ReadProtocol(string text, out ServiceProtocol? value)
    {
        var found = ServiceProtocolNames.TryParse(text, out var protocol);
        value = protocol;
        return found;
    }
}
