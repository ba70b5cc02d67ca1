using Loxi.TestKit.Traffic;

namespace Loxi.Lab;

/// <summary>Servers that run until SIGTERM or SIGINT. They print a line <c>ready NAME PORTS</c> when clients can connect.</summary>
internal static class ServerCommands
{
    internal static async Task<int> HttpAsync(string[] args)
    {
        var options = Options(args);
        await using var server = HttpServer.Start(LocalSockets.Instance, options);
        return await ServeAsync(options.Name, server.Ports);
    }

    internal static async Task<int> UdpAsync(string[] args)
    {
        var options = Options(args);
        await using var server = UdpEchoServer.Start(LocalSockets.Instance, options);
        return await ServeAsync(options.Name, server.Ports);
    }

    internal static async Task<int> TcpAsync(string[] args)
    {
        var options = Options(args);
        await using var server = TcpEchoServer.Start(LocalSockets.Instance, options);
        return await ServeAsync(options.Name, server.Ports);
    }

    private static ServerOptions Options(string[] args)
    {
        var arguments = new CommandArguments(args, "--name", "--port", "--bind");
        _ = arguments.Required("--port");
        return new ServerOptions
        {
            Name = arguments.Required("--name"),
            Ports = [.. arguments.All("--port").Select(text => CommandArguments.Integer("--port", text, 0, 65535))],
            Addresses = [.. arguments.All("--bind").Select(text => CommandArguments.Address("--bind", text))],
        };
    }

    private static async Task<int> ServeAsync(string name, IReadOnlyList<int> ports)
    {
        var end = Termination.WaitAsync();
        await Console.Out.WriteLineAsync($"ready {name} {string.Join(',', ports)}");
        await end;
        return 0;
    }
}
