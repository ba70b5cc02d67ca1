using System.CommandLine;
using System.Net.Http;
using Loxi.Api.Client;

namespace Loxi.Cli.Session;

/// <summary>One command's way to its node.</summary>
internal sealed class NodeSession : IDisposable
{
    private readonly LastBodyHandler _handler;
    private readonly HttpClient _http;

    public NodeSession(GlobalOptions options, ParseResult parse, CliEnvironment environment)
        : this(options.AddressOf(parse, environment), options.TimeoutOf(parse), options.TokenOf(parse, environment), environment)
    {
    }

    public NodeSession(Uri address, TimeSpan timeout, string? token, CliEnvironment environment)
    {
        (Address, Timeout) = (address, timeout);
        _handler = new LastBodyHandler(environment.Transport(Address));
        _http = new HttpClient(_handler) { BaseAddress = Address, Timeout = Timeout };
        Client = new LoxiClient(_http, token);
    }

    public Uri Address { get; }

    public TimeSpan Timeout { get; }

    public LoxiClient Client { get; }

    public ReadOnlyMemory<byte> LastBody => _handler.LastBody;

    /// <summary>Asks the node.</summary>
    /// <exception cref="CliException">It refuses, or cannot be reached.</exception>
    public async Task<T> CallAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception e) when (Failures.Translate(e, this) is { } failure)
        {
            throw failure;
        }
    }

    public void Dispose() => _http.Dispose();
}
