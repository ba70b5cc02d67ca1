namespace Loxi.Core.Connections;

/// <summary>Handles a change of a connection. Must be quick and should not throw.</summary>
/// <param name="change">The change, valid during the call.</param>
public delegate void ConnectionChangeHandler(in ConnectionChange change);
