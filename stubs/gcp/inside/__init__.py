"""What runs under the sample's interpreter: it knows the client library's own messages.

A gRPC call carries no types, and Google's libraries carry no service descriptors. Their generated sources
name the messages of every method, so these are read (not run) and the messages imported from where the sample has
them. The answers are thus what the installed version of the library understands, whatever version that is.

Python 3.9 and later; nothing but the standard library and what the sample's environment holds.
"""
