using Loxi.TestKit.Topology;

namespace Loxi.Lab;

internal static class LabCommands
{
    private const string Usage = """
        loxi-lab COMMAND [--option value]...
          http-server --name NAME --port PORT... [--bind ADDRESS...]   HTTP server that names itself
          udp-echo    --name NAME --port PORT... [--bind ADDRESS...]   UDP server that names itself
          http-load   --target ADDRESS:PORT [--connections N] [--interval MS] [--timeout MS] [--duration MS] [--requests N]
                      [--new-connections] [--no-reconnect] [--source ADDRESS] [--path PATH]   counts answers, prints JSON
          udp-load    as http-load, [--payload BYTES] instead of --path
          tcp-echo    --name NAME --port PORT... [--bind ADDRESS...]   TCP server that sends back what it gets
          bulk        --target ADDRESS:PORT --bytes N [--upload]       verified transfer, prints JSON
          bfd         --peer ADDRESS[,OWN]... [--interface NAME] [--interval MICROSECONDS] [--multiplier N] [--multihop] [--priority N] [--pressure]
                                                                   BFD sessions until SIGTERM, prints changes of state
          bgp         --as N --router-id ADDRESS --peer ADDRESS,AS... [--announce PREFIX...] [--hold-time SECONDS] [--restart-time SECONDS] [--pass-on]
                      [--port N] [--password TEXT] [--gtsm HOPS]   BGP sessions until SIGTERM
          up          [--endpoints N] [--vlan ID] [--router] [--keep]  the standard lab with HTTP servers on port 80, until SIGTERM
          demo        [--keep]                                        the real node under traffic while an endpoint dies and returns
          scenario    1|2|3|4|5 [--seed N] [--ticker] [--any-order] [--no-bfd] [--peers] [--ipv6] [--default] [--connections N] [--node-flags="FLAG..."] [--seconds N] [--keep]
                                                                   loxilb's guide: two nodes and a controller, the node that serves dies; ends with a table.
                                                                   With --peers the nodes decide who serves, as always in 4 and 5; --ipv6 is for scenario 1. In flags {index} is 0 or 1, {self} and {peer} the
                                                                   nodes' addresses. 4 and 5: N long-lived connections (10000), full NAT, or with --default default mode, where endpoints see the clients
          clean                                                        removes labs without an owner, kept ones too
        """;

    internal static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return args switch
            {
                ["http-server", .. var rest] => await ServerCommands.HttpAsync(rest),
                ["udp-echo", .. var rest] => await ServerCommands.UdpAsync(rest),
                ["tcp-echo", .. var rest] => await ServerCommands.TcpAsync(rest),
                ["http-load", .. var rest] => await LoadCommands.RunAsync(rest, udp: false),
                ["udp-load", .. var rest] => await LoadCommands.RunAsync(rest, udp: true),
                ["bulk", .. var rest] => await LoadCommands.BulkAsync(rest),
                ["bfd", .. var rest] => await BfdCommand.RunAsync(rest),
                ["bgp", .. var rest] => await BgpCommand.RunAsync(rest),
                ["up", .. var rest] => await UpCommand.RunAsync(rest),
                ["demo", .. var rest] => await Termination.RunAsync(() => DemoCommand.RunAsync(rest)),
                ["scenario", .. var rest] => await Termination.RunAsync(() => ScenarioCommand.RunAsync(rest)),
                ["clean"] => Clean(),
                ["--help"] => Print(Console.Out, Usage, 0),
                [] => Print(Console.Error, Usage, 2),
                _ => throw new UsageException($"command '{string.Join(' ', args)}': not known\n{Usage}"),
            };
        }
        catch (UsageException e)
        {
            return Print(Console.Error, e.Message, 2);
        }
        catch (LabException e)
        {
            return Print(Console.Error, e.Message, 1);
        }
        catch (TimeoutException e)
        {
            return Print(Console.Error, e.Message, 1);
        }
    }

    private static int Clean()
    {
        foreach (var id in LabRegistry.RemoveLeftovers(includeKept: true))
        {
            Console.Out.WriteLine($"removed lab {id}");
        }

        return 0;
    }

    private static int Print(TextWriter to, string text, int code)
    {
        to.WriteLine(text);
        return code;
    }
}
