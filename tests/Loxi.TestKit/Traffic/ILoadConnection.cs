namespace Loxi.TestKit.Traffic;

/// <summary>One client of a load.</summary>
internal interface ILoadConnection : IDisposable
{
    /// <summary>Of no more use after an error.</summary>
    bool Broken { get; set; }

    Task ConnectAsync();

    /// <summary>Sends one request; returns who answered and the client address (without port) that it saw.</summary>
    Task<(string Server, string Client)> RequestAsync();
}
