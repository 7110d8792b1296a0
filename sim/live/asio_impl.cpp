// Asio and Beast, compiled once (see BOOST_ASIO_SEPARATE_COMPILATION); every other file sees declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/beast/src.hpp>
